"""What no step has made anything of: reported as spans, so that nothing in the text is dropped."""

from __future__ import annotations

import re

from nlp.edits import find_references, too_long
from nlp.tokens import Kind
from nlp.values import Intent, Span
from nlp.vocabulary import vocabulary
from nlp.work import Work

USED = frozenset(
    {
        "date",
        "price",
        "percent",
        "order number",
        "production order",
        "lot",
        "firm",
        "reference",
        "transport",
        "ship_to",
        "document date",
        "bullet",
        "heading",
        "signature",
        "contact",
        "forwarded",
        "time",
        "vehicle",
        "work centre",
        "unit",
    }
)


ANSWERS = frozenset({Intent.YES, Intent.NO})


def _amount(work: Work, at: int) -> bool:
    atom = work.atoms[at]
    return atom.number is not None and atom.taken is None and not (atom.worded and atom.noise)


def collect(work: Work) -> None:
    covered = [False] * len(work.atoms)
    for line in work.lines:
        for at, atom in enumerate(work.atoms):
            covered[at] |= line.span[0] <= atom.start < line.span[1]
    spans: list[Span] = []
    open_span = False
    unread = work.intent in (Intent.CHANGE_ORDER, Intent.OTHER) and _unread_edit(work)
    for at, atom in enumerate(work.atoms):
        said = work.evidence is not None and bool(work.evidence.content[at]) and atom.taken not in USED
        content = (said or (unread and too_long(atom))) and not covered[at]
        if content and open_span:
            spans[-1] = (spans[-1][0], atom.end)
        elif content:
            spans.append((atom.start, atom.end))
        open_span = content or (
            open_span and not covered[at] and atom.kind is not Kind.BREAK and atom.noise is not None
        )
    read_to = work.atoms[-1].end if work.atoms else 0
    rest = re.search(r"\S", work.text[read_to:])
    if rest:
        spans.append((read_to + rest.start(), len(work.text.rstrip())))
    work.left_over = [] if _speaks_for_itself(work) else spans
    work.note("left over", f"{len(spans)} spans", *(work.text[start:end] for start, end in spans[:10]))


def _unread_edit(work: Work) -> bool:
    """A line is named by its number and nothing was made of it, or the new amount is longer than any amount."""
    trade = work.speaker.role in ("buyer", "sales_rep")
    return trade and (any(map(too_long, work.atoms)) or bool(find_references(work.atoms, vocabulary())))


def _speaks_for_itself(work: Work) -> bool:
    """A message that as a whole is one matter (a complaint, a greeting, a report) leaves nothing over.

    A yes or no with an amount beside it is not one matter.
    """
    if work.intent is Intent.CHANGE_ORDER and _unread_edit(work):
        return False
    if work.intent in ANSWERS and any(_amount(work, at) for at in range(len(work.atoms))):
        return False
    return not work.lines and work.intent.value not in ("order", "other") and not work.also
