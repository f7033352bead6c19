"""The firm a rep or a staff member names in a message: by the words of its name and city that no other firm shares."""

from __future__ import annotations

from collections import Counter

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


def firms_all_of_whose_words_occur(text: str, catalogue: Catalogue) -> list[CustomerRecord]:
    """Firms of which every word of the name is somewhere in the text."""
    said = {token.fold for token in tokens(text) if token.kind is Kind.WORD}
    touched = {firm for word in said for firm in catalogue.customer_words.get(word, ())}
    return [catalogue.customers[firm] for firm in sorted(touched) if catalogue.customer_names[firm] <= said]
