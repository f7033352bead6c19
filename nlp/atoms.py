"""From tokens to atoms: number words become numbers, and each atom knows the roles it may play in the message."""

from __future__ import annotations

import itertools
from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import DamerauLevenshtein

from nlp.fold import fold, is_size, skeleton
from nlp.sizes import fraction_at, is_inch_sign, mixed_at
from nlp.tokens import Kind, Token
from nlp.vocabulary import JOINABLE_TENS, Role, Vocabulary

HUGE = Decimal("1e9")
HALF = Decimal("0.5")
LARGEST_UNNAMED = 4


@dataclass(slots=True)
class Atom:
    """One indivisible piece of the message for the search; `taken` names the step that has claimed it."""

    text: str
    start: int
    end: int
    kind: Kind
    plain: str
    fold: str
    glued: bool = False
    number: Decimal | None = None
    worded: bool = False
    unit: str | None = None
    noise: str | None = None
    taken: str | None = None
    meant: str = ""
    """What the word means in the message's language, where another one means something else by it."""
    gives: bool = False
    """A word for a number that is only the end of a verb here: the `do` of `kar do`."""

    @property
    def wordlike(self) -> bool:
        return self.kind is Kind.WORD

    @property
    def goods(self) -> str:
        """The word to look up among those of goods: Hindi `sada` is plain, Bengali `sada` white."""
        return self.meant or self.text


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    value: Decimal
    end: int


def _digits(token: Token) -> Decimal | None:
    if token.kind is not Kind.NUMBER:
        return None
    try:
        value = Decimal(token.plain)
    except InvalidOperation:
        return None
    return value if value < HUGE else HUGE


@dataclass(slots=True)
class NumberReader:
    """Reads one number starting at a token: digits, words, fractions (`sava do sau`, `dedh`, `1.5k`, `1/2`)."""

    tokens: tuple[Token, ...]
    words: Vocabulary
    mixed: Container[Decimal] | None = None
    """Whole numbers with a fraction that names hold; None: any may be one."""
    language: str = ""
    """What the message is written in: `arai` is half in Tamil, and two and a half in Bengali."""

    def role(self, at: int, role: Role) -> Decimal | None:
        if at >= len(self.tokens) or self.tokens[at].kind is not Kind.WORD:
            return None
        text = self.tokens[at].text
        if role is Role.ADDED and self.words.names_goods(self.language, self.tokens[at].fold):
            return None  # Bengali `sada 2 balti`: white, and not two and a half
        value = self.words.number_in(self.language, role, text) or self.words.roles(text).get(role)
        return value if isinstance(value, Decimal) else None

    def read(self, at: int) -> SpokenNumber | None:
        token = self.tokens[at]
        if token.kind is Kind.NUMBER:
            return self._and_a_half(self._from_digits(at))
        if token.kind is not Kind.WORD:
            return None
        return self._added(at) or self._fraction(at) or self._and_a_half(self._cardinal(at))

    def _and_a_half(self, number: SpokenNumber | None) -> SpokenNumber | None:
        """`one and a half`, Kannada `ondu vare`: what is added stands behind the number."""
        if number is None or number.value >= 100 or number.value % 1:
            return number
        behind = [token.plain for token in self.tokens[number.end : number.end + 3]]
        if behind == ["and", "a", "half"]:
            return SpokenNumber(number.value + HALF, number.end + 3)
        if behind and self.tokens[number.end].fold in self.words.grammar["half_more"]:
            return SpokenNumber(number.value + HALF, number.end + 1)
        return number

    def _from_digits(self, at: int) -> SpokenNumber | None:
        value = _digits(self.tokens[at])
        if value is None:
            return None
        mixed = mixed_at(self.tokens, at)
        if mixed is not None and self._is_one_number(*mixed):
            return SpokenNumber(*mixed)
        fraction = fraction_at(self.tokens, at)
        if fraction is not None:
            return SpokenNumber(fraction, at + 3)
        parts = self.tokens[at + 1 : at + 3]
        if parts and parts[0].plain == "k" and parts[0].start == self.tokens[at].end and value < 1000:
            return SpokenNumber(value * 1000, at + 2)
        times = self.role(at + 1, Role.TIMES)
        if times is not None and value < 1000:
            return SpokenNumber(value * times, at + 2)
        return SpokenNumber(value, at + 1)

    def _is_one_number(self, value: Decimal, end: int) -> bool:
        """`1 1/4` if a name holds it, or an inch says so of a small one; in `5 1/2" pipe` five is an amount."""
        if self.mixed is None or value in self.mixed:
            return True
        unit = self.tokens[end : end + 1]
        named = bool(unit) and self.words.roles(unit[0].text).get(Role.UNIT) == "INCH"
        return value < LARGEST_UNNAMED and (named or is_inch_sign(self.tokens, end))

    def _touching(self, first: int, last: int) -> bool:
        return all(self.tokens[i].end == self.tokens[i + 1].start for i in range(first, last))

    def _added(self, at: int) -> SpokenNumber | None:
        """`sava sau` is 125, `sava do` 2.25, `paune do sau` 175, `sadhe teen hazar` 3500."""
        extra = self.role(at, Role.ADDED)
        if extra is None:
            return None
        times = self.role(at + 1, Role.TIMES)
        if times is not None:
            return SpokenNumber((1 + extra) * times, at + 2)
        units = self.role(at + 1, Role.NUMBER)
        if units is None and at + 1 < len(self.tokens):
            if self.role(at, Role.FRACTION) is not None:
                return None  # `pauna 10 bandal`: ten of three quarters; with a word behind it, `pauna do`, it is 1.75
            units = _digits(self.tokens[at + 1])
        if units is None:
            return SpokenNumber(1 + extra, at + 1) if extra != Decimal("0.5") else None
        times = self.role(at + 2, Role.TIMES)
        if times is not None:
            return SpokenNumber((units + extra) * times, at + 3)
        return SpokenNumber(units + extra, at + 2)

    def _fraction(self, at: int) -> SpokenNumber | None:
        value = self.role(at, Role.FRACTION)
        if value is None:
            return None
        article = at + 2 < len(self.tokens) and self.tokens[at + 1].plain == "a"
        if article and Role.UNIT in self.words.roles(self.tokens[at + 2].text):
            return SpokenNumber(value, at + 2)  # `half a dozen`
        times = self.role(at + 1, Role.TIMES)
        return SpokenNumber(value * times, at + 2) if times is not None else SpokenNumber(value, at + 1)

    def _below_hundred(self, at: int) -> SpokenNumber | None:
        value = self.role(at, Role.NUMBER)
        if value is None:
            return None
        if value in JOINABLE_TENS and self.tokens[at].fold in self.words.joinable:
            behind = at + 1 + self._hyphen(at + 1)  # `twenty-one`
            units = self.role(behind, Role.NUMBER)
            if units is not None and 0 < units < 10 and self.tokens[behind].fold in self.words.joinable:
                return SpokenNumber(value + units, behind + 1)
        return SpokenNumber(value, at + 1)

    def _hyphen(self, at: int) -> bool:
        """A dash between two words and nothing else."""
        return at + 1 < len(self.tokens) and self.tokens[at].text == "-" and self._touching(at - 1, at + 1)

    def _cardinal(self, at: int) -> SpokenNumber | None:
        first = self._below_hundred(at)
        if first is None:
            times = self.role(at, Role.TIMES)
            return None if times is None else self._rest(times, times, at + 1)
        times = self.role(first.end, Role.TIMES)
        if times is None:
            return first
        more = self.role(first.end + 1, Role.TIMES)
        if more is not None and more > times:  # `one hundred thousand`
            return self._rest(first.value * times * more, more, first.end + 2)
        return self._rest(first.value * times, times, first.end + 1)

    def _rest(self, value: Decimal, above: Decimal, at: int) -> SpokenNumber:
        """`ek sau bees`, `one hundred and twenty`: what follows counts only if it is smaller than the last step."""
        join = at
        if at < len(self.tokens) and self.tokens[at].plain == "and":
            join = at + 1
        following = self._below_hundred(join)
        if following is not None and following.value < above and above >= 100:
            times = self.role(following.end, Role.TIMES)
            if times is not None and times < above:
                return self._rest(value + following.value * times, times, following.end + 1)
            if times is None:
                return SpokenNumber(value + following.value, following.end)
        return SpokenNumber(value, at)


def _with_roles(atom: Atom, words: Vocabulary) -> Atom:
    roles = words.roles(atom.text)
    atom.unit = roles.get(Role.UNIT)
    atom.noise = roles.get(Role.NOISE)
    return atom


def atoms(
    tokens: tuple[Token, ...], words: Vocabulary, mixed: Container[Decimal] | None = None, language: str = ""
) -> list[Atom]:
    """The atoms of a message: one a token, except that a spoken number is one atom however many words it has.

    `mixed` are the whole numbers with a fraction that the names of the catalogue hold.
    """
    reader = NumberReader(tokens, words, mixed, language)
    made: list[Atom] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        number = reader.read(at)
        end = number.end if number else at + 1
        last = tokens[end - 1]
        single = end == at + 1
        atom = Atom(
            text=token.text if single else " ".join(part.text for part in tokens[at:end]),
            start=token.start,
            end=last.end,
            kind=token.kind if single or token.kind is Kind.NUMBER else Kind.WORD,
            plain=token.plain,
            fold=token.fold,
            glued=bool(made) and made[-1].end == token.start,
            number=number.value if number else None,
            worded=token.kind is Kind.WORD and number is not None,
        )
        if atom.kind is Kind.WORD and single:
            _with_roles(atom, words)
            atom.meant = words.meant.get(language, {}).get(atom.fold, "")
        made.append(atom)
        at = end
    _only_verbs(made, words)
    _only_together(made, words)
    _repair_units(made, words)
    _labels(made)
    for each, one, amount in zip(made, made[1:], made[2:], strict=False):
        if each.fold in words.each and one.worded and one.number == 1 and amount.number is not None:
            one.taken = "each"  # `har ek 5 box`: each one
    return made


NUMBERED = frozenset({"no", "num", "number", "nambar"})


def _only_verbs(made: list[Atom], words: Vocabulary) -> None:
    """`kar do`, `bhej do`: behind a verb's stem, with no goods or unit to follow, `do` gives and does not count."""
    for stem, atom, following in zip(made, made[1:], [*made[2:], None], strict=False):
        if not (atom.worded and atom.noise == "verbs") or stem.fold not in words.grammar["verb_stem"]:
            continue
        if stem.worded or stem.kind is not Kind.WORD:
            continue
        if following is None or _says_no_goods(following, words):
            atom.number, atom.worded, atom.gives = None, False, True


def _only_together(made: list[Atom], words: Vocabulary) -> None:
    """`saath me 1 peti`: along with that, and no sixty."""
    for atom, following in itertools.pairwise(made):
        inside = following.fold in words.grammar["together_in"]
        if atom.worded and inside and atom.fold in words.grammar["together"]:
            atom.number, atom.worded, atom.noise = None, False, "particles"


def _says_no_goods(atom: Atom, words: Vocabulary) -> bool:
    if atom.kind in (Kind.SIGN, Kind.BREAK):
        return True
    return atom.unit is None and atom.number is None and (atom.noise is not None or (atom.fold,) in words.days)


def _repair_units(made: list[Atom], words: Vocabulary) -> None:
    """A word right after a number that is a unit but for one slip (`20 crtaes`), or in shorthand (`5 drz`, `3 pti`)."""
    for before, atom in itertools.pairwise(made):
        if before.number is None or not atom.wordlike or atom.unit or atom.noise or atom.number is not None:
            continue
        if (atom.fold,) in words.days:
            continue  # `50 kale moklo`: send them tomorrow
        atom.unit = _with_a_slip(atom, words) if len(atom.plain) >= 4 else None
        if atom.unit is None and atom.fold not in words.groups:
            atom.unit = words.shorthand.get(skeleton(atom.fold)) if _is_shorthand(atom) else None


def _with_a_slip(atom: Atom, words: Vocabulary) -> str | None:
    for word, concept in words.units.spelled.items():
        alike = len(word) >= 4 and word[0] == atom.plain[0] and abs(len(word) - len(atom.plain)) <= 1
        if alike and DamerauLevenshtein.distance(word, atom.plain, score_cutoff=1) <= 1:
            return str(concept)
    return None


def _is_shorthand(atom: Atom) -> bool:
    """Two to five letters without a vowel but perhaps the last."""
    return (
        not is_size(atom.plain)
        and 2 <= len(atom.plain) <= 5
        and not set(atom.plain[:-1]) & set("aeiou")
        and atom.plain.isascii()
    )


def _labels(made: list[Atom]) -> None:
    """`7 no - 10`, `20 no. 20 pc`: with the amount still to come, `no` says that the number before it is a size."""
    for at, atom in enumerate(made):
        if at == 0 or atom.unit != "PCS" or atom.fold not in NUMBERED or made[at - 1].number is None:
            continue
        behind = next((other for other in made[at + 1 :] if other.kind is not Kind.SIGN or other.text in ",;"), None)
        if behind is not None and behind.number is not None:
            atom.unit, atom.noise = None, "labels"


__all__ = ["Atom", "atoms", "fold"]
