"""Names taught for one size and said of another: who is taught `chitkani 6` for a bolt of 6" says `chitkani 4`."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.aliases import NUMBER_SHARE, OWN_KIN, AliasHit, found_from, parts_of
from nlp.atoms import Atom
from nlp.catalogue import Catalogue
from nlp.marks import numbers_of
from nlp.quantities import MEASURES
from nlp.tokens import Kind, tokens
from nlp.values import AliasRecord, ItemRecord
from nlp.vocabulary import Role, vocabulary


def of_another_size(
    atoms: list[Atom], hits: list[AliasHit], aliases: tuple[AliasRecord, ...], catalogue: Catalogue
) -> Iterator[AliasHit]:
    """For each name taught with a number: where its words stand before another number, the sibling of that number."""
    covered = {at for hit in hits for at in range(hit.start, hit.end)}
    seen: set[tuple[int, int]] = set()
    for alias in aliases:
        parts = parts_of(alias.phrase)
        words = tuple(part for part in parts if part.number is None and part.unit is None)
        row = catalogue.row_of.get(alias.sku)
        if row is None or len(words) == len(parts) or not words or parts[: len(words)] != words:
            continue
        for places in found_from(atoms, words):
            number = places[-1] + 1
            if number >= len(atoms) or covered & {*places, number}:
                continue
            sibling = _sibling(row, atoms[number], catalogue)
            if sibling is None or _is_an_amount(atoms, number) or _has_a_variant(sibling, atoms[number], catalogue):
                continue
            if (number, sibling) not in seen:
                seen.add((number, sibling))
                weights = [(place, OWN_KIN) for place in places] + [(number, OWN_KIN * NUMBER_SHARE)]
                own = alias.customer is not None
                yield AliasHit(places[0], number + 1, sibling, None, own, likeness=0, weights=tuple(weights))


def _sibling(row: int, said: Atom, catalogue: Catalogue) -> int | None:
    """The one item named with the same words that has this number, and of several the one most like the taught one."""
    if said.number is None or said.taken is not None:
        return None
    value = said.number.normalize()
    if value in catalogue.features[row].numbers:
        return None
    own = numbers_of(catalogue.items[row].name)
    sized = [int(one) for one in catalogue.siblings.get(row, ()) if value in catalogue.features[int(one)].numbers]
    shared = {one: len(own & numbers_of(catalogue.items[one].name)) for one in sized if catalogue.active[one]}
    closest = [one for one, count in shared.items() if count == max(shared.values())]
    return closest[0] if len(closest) == 1 else None


def _is_an_amount(atoms: list[Atom], at: int) -> bool:
    """`primer 4 ta`: a number that a unit follows which measures nothing counts the goods."""
    behind = atoms[at + 1] if at + 1 < len(atoms) else None
    return behind is not None and behind.unit is not None and behind.unit not in MEASURES


def _has_a_variant(row: int, said: Atom, catalogue: Catalogue) -> bool:
    """Whether some item of this number is named much like that of the row: ruled or not, that nobody has taught."""
    assert said.number is not None
    item, own = catalogue.items[row], _words(catalogue.items[row])
    for other in catalogue.numbers.get(said.number.normalize(), ()):
        rival = catalogue.items[int(other)]
        if int(other) == row or rival.category != item.category or not rival.active:
            continue
        theirs = _words(rival)
        if theirs != own and len(theirs & own) * 2 >= len(theirs | own):
            return True
    return False


def _words(item: ItemRecord) -> frozenset[str]:
    """The words of its name without its brand and the units of its sizes."""
    maker = {token.fold for token in tokens(item.brand)}
    words = (token for token in tokens(item.name) if token.kind is Kind.WORD and token.fold not in maker)
    return frozenset(token.fold for token in words if Role.UNIT not in vocabulary().roles(token.text))
