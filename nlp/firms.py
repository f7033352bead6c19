"""The firm a rep or a staff member names in a message: by the words of its name and city that no other firm shares."""

from __future__ import annotations

from collections import Counter

from nlp.atoms import Atom, atoms
from nlp.catalogue import Catalogue
from nlp.tokens import Kind, tokens
from nlp.values import Speaker
from nlp.vocabulary import vocabulary

ENOUGH = 2.0


def find_firm(found: list[Atom], catalogue: Catalogue, allowed: tuple[str, ...]) -> tuple[str, list[int]] | None:
    """The code of the one firm named and the places of its words; None when none or several fit."""
    scores: Counter[int] = Counter()
    places: dict[int, list[int]] = {}
    for at, atom in enumerate(found):
        if atom.kind is not Kind.WORD:
            continue
        firms = catalogue.customer_words.get(atom.fold, frozenset())
        for firm in firms:
            if allowed and catalogue.customers[firm].code not in allowed:
                continue
            rare = 2.0 if len(firms) == 1 else 1.0 if len(firms) <= 3 else 0.5
            scores[firm] += rare * (0.35 if atom.fold in vocabulary().grammar["company"] else 1.0)  # type: ignore[assignment]
            places.setdefault(firm, []).append(at)
    ranked = scores.most_common(2)
    if not ranked or ranked[0][1] < ENOUGH:
        return None
    if len(ranked) > 1 and ranked[1][1] > ranked[0][1] - 0.9:
        return None
    firm = ranked[0][0]
    return catalogue.customers[firm].code, places[firm]


def together(places: list[int]) -> list[int]:
    """The first run of the firm's words; the same words further on are goods (`Nut` of a firm named Nut Bolt Store)."""
    run = places[:1]
    for at in places[1:]:
        if at - run[-1] > 2:
            break
        run.append(at)
    return run


def named_firm(text: str, catalogue: Catalogue, speaker: Speaker) -> str | None:
    """The code of the firm a message names, for whoever has to look up that firm's habits before reading."""
    found = find_firm(atoms(tokens(text), vocabulary()), catalogue, speaker.may_order_for)
    return found[0] if found else None
