"""What an approver types: “ok”, “nahi”, “240 kar do”, “1 3 5 ok, 2 nahi”, “pending”; anything else is none of it.

A yes with words that are not known is none: it may be a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from nlp.fold import fold
from nlp.tokens import Kind, Token, tokens


class Decision(StrEnum):
    """What is decided of what was asked."""

    APPROVE = "approve"
    COUNTER = "counter"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """One decision; `numbers` are those it was shown under, empty: of everything that is open."""

    decision: Decision
    numbers: tuple[int, ...] = ()
    price: Decimal | None = None
    """A counter's, of one asked UoM."""
    percent: Decimal | None = None
    """A counter's, off the list price."""
    reason: str = ""
    """Of a refusal, in the approver's words."""


YES = (
    "ok okay okey okk k yes yess y haan han ha haa ji approve approved aprove apruv manzoor manjoor manjur thik theek "
    "sahi done chalega chalegi granted agreed accept accepted हाँ हां हा जी ओके मंजूर मंज़ूर ठीक सही चलेगा"
)
NO = (
    "nahi nahin nai nhi no nope na naa mat reject rejected decline declined refuse refused mana namanzoor cancel "
    "नहीं नही ना मत मना नामंजूर रिजेक्ट"
)
GIVEN = "do de dedo dena dijiye dijie kar kardo karo kijiye kijie do दो दे कर करो दीजिए कीजिए"
"""“de do”, “1 3 kar do”: a yes, where no price stands with it."""
EVERYTHING = "all sab sabko sabka sabhi saare sare both dono everything सब सभी सारे दोनों"
THE_REST = "baki baaki rest others remaining बाकी बाक़ी"
MARKS = "ka ko ke ki at pe par rate price bhav dam mein me का को के की पे पर रेट दाम भाव में"
"""Behind a line's number: what follows is its price."""
BETWEEN = (
    "karna karke lagao laga lagana final please plz hai h bhai "
    "sir madam line number no item order request and aur or is it this that the for of give tak wala wali bas only "
    "rs rupees rupaye inr off discount chhoot kam se ye yeh isko inko "
    "लगाओ है भाई सर और लाइन नंबर रुपये छूट यह ये इसको तक वाला"
)
PENDING = "pending pendings pendin pnding पेंडिंग पेन्डिंग"
PENDING_BESIDE = (
    "approval approvals request requests list dikhao dikha do mera meri mere my show all kya hai sab दिखाओ मेरे सब क्या है"
)
PERCENT = "% percent persent pct takka प्रतिशत टका"
THUMBS = {"👍": Decision.APPROVE, "✅": Decision.APPROVE, "👎": Decision.REJECT, "❌": Decision.REJECT}
BEFORE_PRICE = frozenset("@:=₹")
LONGEST, MOST_NUMBERS = 300, 99
LONGEST_REASON = 200
SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")


def _folds(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


YES_WORDS, NO_WORDS, GIVEN_WORDS, ALL_WORDS, REST_WORDS, MARK_WORDS, FILLERS = (
    _folds(words) for words in (YES, NO, GIVEN, EVERYTHING, THE_REST, MARKS, BETWEEN)
)
PENDING_WORDS, BESIDE_PENDING, PERCENTS = (_folds(words) for words in (PENDING, PENDING_BESIDE, PERCENT))


def asks_what_is_open(text: str) -> bool:
    """“pending”, and nothing that names a customer or a day."""
    said = [token.fold for token in tokens(text) if token.kind is Kind.WORD]
    numbers = any(token.kind is Kind.NUMBER for token in tokens(text))
    named = [word for word in said if word not in PENDING_WORDS and word not in BESIDE_PENDING]
    return len(text) <= LONGEST and any(word in PENDING_WORDS for word in said) and not named and not numbers


def decisions(text: str, *, numbered: int) -> tuple[Decided, ...]:
    """What a text decides of `numbered` things shown under 1, 2, …; 0 or 1: of the only one. (): more or less is said.

    A number up to `numbered` is that of a thing, unless a price must follow ("2 ko 12"); any other one is a price.
    """
    if len(text) > LONGEST:
        return ()
    parts = _parts(_spelled_out(SKIN.sub("", text)) if numbered > 1 else SKIN.sub("", text))
    clauses = _verdict_first(parts) if _begins_with_a_verdict(parts, numbered) else _verdict_last(parts, numbered)
    _name_the_rest(clauses, numbered)
    found = [clause.decided() for clause in clauses]
    if not found or any(one is None for one in found):
        return ()
    decided = [one for one in found if one is not None]
    return tuple(decided) if _are_one_answer(decided, numbered) else ()


@dataclass(slots=True)
class _Clause:
    """What is gathered until a verdict and its reason are complete."""

    numbers: list[int] = field(default_factory=list)
    of_all: bool = False
    of_rest: bool = False
    """Of all whose numbers are not named elsewhere."""
    verdicts: list[Decision] = field(default_factory=list)
    price: Decimal | None = None
    percent: Decimal | None = None
    refused: bool = False
    """A price was refused, and none has come since."""
    strange: list[Token] = field(default_factory=list)
    given: bool = False
    marked: bool = False
    """A word stands before that says that a price follows."""

    @property
    def complete(self) -> bool:
        return self.given or bool(self.verdicts) or self.price is not None or self.percent is not None

    def decided(self) -> Decided | None:
        """None: it is no clear decision."""
        reason = _said(self.strange)
        numbers = tuple(dict.fromkeys(self.numbers))
        if self.price is not None or self.percent is not None:
            if reason or self.refused:
                return None
            return Decided(decision=Decision.COUNTER, numbers=numbers, price=self.price, percent=self.percent)
        if self.refused or not (self.verdicts or self.given) or len(set(self.verdicts)) > 1:
            return None
        if self.verdicts and self.verdicts[0] is Decision.REJECT:
            return Decided(decision=Decision.REJECT, numbers=numbers, reason=reason)
        return None if reason else Decided(decision=Decision.APPROVE, numbers=numbers)


@dataclass(frozen=True, slots=True)
class _Part:
    """One token as this grammar sees it."""

    token: Token
    what: str
    """`number`, `yes`, `no`, `all`, `rest`, `given`, `mark`, `percent`, `break`, `filler` or `strange`."""
    number: Decimal = Decimal(0)


RANGE = re.compile(r"(?<![\d.])(\d{1,2})\s*(?:-|–|se|to|से)\s*(\d{1,2})(?![\d.%])(?=\D)")


def _spelled_out(text: str) -> str:
    """“1-3 ok” is “1 2 3 ok”."""

    def numbers(found: re.Match[str]) -> str:
        first, last = int(found[1]), int(found[2])
        return " ".join(map(str, range(first, last + 1))) if first < last else found[0]

    return RANGE.sub(numbers, text)


def _parts(text: str) -> list[_Part]:
    return [_Part(token, _what(token), _number(token)) for token in tokens(text) if _what(token) != "filler"]


def _what(token: Token) -> str:
    if token.kind is Kind.NUMBER:
        return "number"
    if token.kind is Kind.BREAK or token.text in (",", ";", "।"):
        return "break"
    if token.text in THUMBS:
        return "yes" if THUMBS[token.text] is Decision.APPROVE else "no"
    kinds: tuple[tuple[str, frozenset[str]], ...] = (
        ("percent", PERCENTS),
        ("yes", YES_WORDS),
        ("no", NO_WORDS),
        ("all", ALL_WORDS),
    )
    kinds += (("given", GIVEN_WORDS), ("rest", REST_WORDS), ("mark", MARK_WORDS))
    for name, words in kinds:
        if token.fold in words or token.text in words:
            return name
    if token.kind is Kind.SIGN:
        return "mark" if token.text in BEFORE_PRICE else "filler"
    return "filler" if token.fold in FILLERS else "strange"


def _number(token: Token) -> Decimal:
    return Decimal(token.plain) if token.kind is Kind.NUMBER else Decimal(0)


def _is_price(part: _Part, numbered: int, clause: _Clause) -> bool:
    is_place = part.number == part.number.to_integral_value() and 1 <= part.number <= min(numbered, MOST_NUMBERS)
    return not is_place or (clause.marked and bool(clause.numbers or clause.of_all))


def _begins_with_a_verdict(parts: Sequence[_Part], numbered: int) -> bool:
    """“approve 1 3, reject 2”: places behind the verdict; “nahi, 240” and “ok” are of the only thing."""
    said = [part for part in parts if part.what in ("yes", "no", "number", "all")]
    places = [part for part in said if part.what == "number" and not _is_price(part, numbered, _Clause())]
    return bool(said) and said[0].what in ("yes", "no") and bool(places) and numbered > 1


def _verdict_first(parts: Sequence[_Part]) -> list[_Clause]:
    """Only verdicts and places; a price or a reason among them makes it unclear."""
    clauses: list[_Clause] = []
    for part in parts:
        if part.what in ("yes", "no"):
            clauses.append(_Clause(verdicts=[Decision.APPROVE if part.what == "yes" else Decision.REJECT]))
        elif part.what == "number" and clauses:
            clauses[-1].numbers.append(int(part.number))
        elif part.what not in ("break", "mark", "given"):
            return []
    return clauses if all(clause.numbers for clause in clauses) else []


def _verdict_last(parts: Sequence[_Part], numbered: int) -> list[_Clause]:
    clauses = [_Clause()]
    for at, part in enumerate(parts):
        clause = clauses[-1]
        if clause.complete and _begins_another(parts, at, numbered, clause):
            clauses.append(clause := _Clause())
        if part.what == "number":
            _take_number(clause, part, parts[at + 1 : at + 2], numbered)
        elif clause.strange and part.what not in ("break", "percent"):
            clause.strange.append(part.token)  # the reason goes on: “nahi, stock nahi hai”
        elif part.what in ("yes", "no"):
            _take_verdict(clause, part)
        elif part.what == "all":
            clause.of_all = True
        elif part.what == "given":
            clause.given = True
        elif part.what == "rest":
            clause.of_rest = True
        elif part.what == "mark":
            clause.marked = True
        elif part.what == "strange":
            clause.strange.append(part.token)
    return [clause for clause in clauses if clause.complete or clause.numbers or clause.strange or clause.refused]


def _begins_another(parts: Sequence[_Part], at: int, numbered: int, clause: _Clause) -> bool:
    """A place after a complete decision; a verdict after one with a place of its own."""
    part = parts[at]
    if part.what == "rest":
        return not clause.strange
    return part.what == "number" and numbered > 1 and not _is_price(part, numbered, clause)


def _name_the_rest(clauses: Sequence[_Clause], numbered: int) -> None:
    """“1 3 ok, baaki nahi”: the numbers that stand in no other decision."""
    named = {number for clause in clauses for number in clause.numbers}
    for clause in clauses:
        if clause.of_rest and not clause.numbers:
            clause.numbers = [number for number in range(1, numbered + 1) if number not in named]


def _take_number(clause: _Clause, part: _Part, behind: Sequence[_Part], numbered: int) -> None:
    if behind and behind[0].what == "percent":
        clause.percent = part.number
    elif clause.strange:
        clause.strange.append(part.token)
    elif not _is_price(part, numbered, clause):
        clause.numbers.append(int(part.number))
    elif part.number > 0:
        if clause.price is not None:
            clause.strange.append(part.token)  # two prices and neither refused
        clause.price, clause.refused = part.number, False
        # “nahi, 240”: the no was to what was asked.
        clause.verdicts = [one for one in clause.verdicts if one is not Decision.REJECT]
    clause.marked = False


def _take_verdict(clause: _Clause, part: _Part) -> None:
    if part.what == "yes":
        clause.verdicts.append(Decision.APPROVE)
    elif clause.price is not None:
        clause.price, clause.refused = None, True  # “235 nahi, 240 kar do”
        clause.verdicts.append(Decision.REJECT)
    else:
        clause.verdicts.append(Decision.REJECT)


def _said(strange: Sequence[Token]) -> str:
    return " ".join(token.text for token in strange)[:LONGEST_REASON].strip()


def _are_one_answer(decided: Sequence[Decided], numbered: int) -> bool:
    """No number twice, none that was not shown, and nothing about all beside something about some."""
    numbers = list(_numbers(decided))
    if numbered > 1 and any(one.price is not None and not one.numbers for one in decided):
        return False
    if len(decided) > 1 and any(not one.numbers for one in decided):
        return False
    return len(numbers) == len(set(numbers)) and all(1 <= number <= max(numbered, 1) for number in numbers)


def _numbers(decided: Sequence[Decided]) -> Iterator[int]:
    for one in decided:
        yield from one.numbers
