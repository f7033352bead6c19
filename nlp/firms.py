"""The firm a rep or a staff member names in a message: by the words of its name and city that no other firm shares."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nlp.atoms import Atom, atoms
from nlp.catalogue import Catalogue
from nlp.tokens import Kind, tokens
from nlp.values import CustomerRecord
from nlp.vocabulary import vocabulary

ENOUGH, CLEAR_LEAD, COMPANY_SHARE, WHOLE_NAME = 2.0, 0.9, 0.35, 1.5


def find_firm(found: list[Atom], catalogue: Catalogue, allowed: tuple[str, ...]) -> tuple[str, list[int]] | None:
    """The code of the one firm named and the places of its words; None when none or several fit.

    Among the firms a person may speak for, a word counts by how many of those share it.
    """
    scores: Counter[int] = Counter()
    places: dict[int, list[int]] = {}
    said: dict[int, set[str]] = {}
    for at, atom in enumerate(found):
        if atom.kind is not Kind.WORD:
            continue
        firms = [
            firm
            for firm in catalogue.customer_words.get(atom.fold, ())
            if not allowed or catalogue.customers[firm].code in allowed
        ]
        for firm in firms:
            rare = 2.0 if len(firms) == 1 else 1.0 if len(firms) <= 3 else 0.5
            common = atom.fold in vocabulary().grammar["company"] and len(allowed) != 2
            scores[firm] += rare * (COMPANY_SHARE if common else 1.0)  # type: ignore[assignment]
            places.setdefault(firm, []).append(at)
            said.setdefault(firm, set()).add(atom.fold)
    for firm, words in said.items():
        if catalogue.customer_names[firm] <= words:
            scores[firm] += WHOLE_NAME  # type: ignore[assignment]
    ranked = scores.most_common(2)
    if not ranked or ranked[0][1] < ENOUGH or (len(ranked) > 1 and ranked[1][1] > ranked[0][1] - CLEAR_LEAD):
        return None
    return catalogue.customers[ranked[0][0]].code, places[ranked[0][0]]


def together(places: list[int]) -> list[int]:
    """The first run of the firm's words; the same words further on are goods (`Nut` of a firm named Nut Bolt Store)."""
    run = places[:1]
    for at in places[1:]:
        if at - run[-1] > 2:
            break
        run.append(at)
    return run


def named_firm(text: str, catalogue: Catalogue, allowed: tuple[str, ...]) -> str | None:
    """The code of the firm a message names among those allowed, for whoever must know its habits before reading."""
    found = find_firm(atoms(tokens(text), vocabulary()), catalogue, allowed)
    return found[0] if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmPart:
    """What a message says for one of several firms: the code, and the part of the text with the firm's name in it."""

    firm: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeveralFirms:
    """The firms a message with amounts names; `parts` is empty when it cannot be told which goods are whose."""

    firms: tuple[str, ...]
    parts: tuple[FirmPart, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A firm's name in a message: its atoms from `first` up to before `last`."""

    firm: str
    first: int
    last: int


def several_firms(text: str, catalogue: Catalogue, allowed: tuple[str, ...]) -> SeveralFirms | None:
    """A message that orders for several firms, cut at their names, before the goods of each or behind them.

    None when it names one firm at most, or no amount.
    """
    found = atoms(tokens(text), vocabulary())
    amounts = [at for at, atom in enumerate(found) if atom.number is not None]
    if not amounts:
        return None
    stretches = [(a + 1, b) for a, b in zip([-1, *amounts], [*amounts, len(found)], strict=True)]
    together_named = [_each_named(found[first:last], catalogue, allowed) for first, last in stretches]
    mentions = [
        mention
        for first, last in stretches
        if (mention := _mention(found, first, last, catalogue, allowed)) is not None
    ]
    firms = tuple(dict.fromkeys([*(mention.firm for mention in mentions), *sorted(frozenset().union(*together_named))]))
    if len(firms) < 2:
        return None
    each_once = len(mentions) == len(firms) and all(len(named) < 2 for named in together_named)
    parts = _cut(text, found, amounts, mentions) if each_once else []
    each_has_goods = all(any(part.start <= found[at].start < part.end for at in amounts) for part in parts)
    return SeveralFirms(firms=firms, parts=tuple(parts) if each_has_goods else ())


def _mention(
    found: list[Atom], first: int, last: int, catalogue: Catalogue, allowed: tuple[str, ...]
) -> Mention | None:
    """The firm named between two amounts, if one is; a word that also names goods here is not enough for it."""
    named = find_firm(found[first:last], catalogue, allowed)
    if named is None:
        return None
    places = [first + at for at in together(named[1])]
    if all(_names_goods(found[at], catalogue) for at in places):
        return None
    return Mention(firm=named[0], first=places[0], last=places[-1] + 1)


def _each_named(found: list[Atom], catalogue: Catalogue, allowed: tuple[str, ...]) -> frozenset[str]:
    """The firms each of which a word names that is no other firm's, no company's in general, and no word of goods."""
    named = set()
    for atom in found:
        codes = {catalogue.customers[firm].code for firm in catalogue.customer_words.get(atom.fold, ())} & set(allowed)
        common = atom.fold in vocabulary().grammar["company"]
        if atom.kind is Kind.WORD and len(codes) == 1 and not common and not _names_goods(atom, catalogue):
            named |= codes
    return frozenset(named)


def _names_goods(atom: Atom, catalogue: Catalogue) -> bool:
    return atom.plain in catalogue.words or atom.fold in catalogue.words


def _cut(text: str, found: list[Atom], amounts: list[int], mentions: list[Mention]) -> list[FirmPart]:
    """Heads: the first name stands before every amount, and none behind the last; or the other way round."""
    leads, trails = mentions[0].first < amounts[0], mentions[-1].first > amounts[-1]
    if leads == trails:
        return []
    if leads:
        starts = [0, *(found[mention.first].start for mention in mentions[1:])]
    else:
        starts = [0, *(_break_behind(found, mention) for mention in mentions[:-1])]
    ends = [*starts[1:], len(text)]
    return [
        FirmPart(firm=mention.firm, start=start, end=end)
        for mention, start, end in zip(mentions, starts, ends, strict=True)
    ]


def _break_behind(found: list[Atom], mention: Mention) -> int:
    """Where what follows a name begins: at the next line or stop, else right behind the name."""
    for atom in found[mention.last :]:
        if atom.number is not None:
            break
        if atom.kind in (Kind.BREAK, Kind.SIGN):
            return atom.end
    return found[mention.last - 1].end


def firms_all_of_whose_words_occur(text: str, catalogue: Catalogue) -> list[CustomerRecord]:
    """Firms of which every word of the name is somewhere in the text."""
    said = {token.fold for token in tokens(text) if token.kind is Kind.WORD}
    touched = {firm for word in said for firm in catalogue.customer_words.get(word, ())}
    return [catalogue.customers[firm] for firm in sorted(touched) if catalogue.customer_names[firm] <= said]
