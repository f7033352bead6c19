"""Which item a line means where nothing is posted from it: in a report, a complaint, an edit of a standing order."""

from __future__ import annotations

from nlp.cues import find_cues
from nlp.found import Found
from nlp.work import Work

NUMBERS_ALONE = "numbers alone"
"""What a line notes of which no word and no pair of numbers names the item."""
FITS, FITS_WELL, CLEARLY = 1.4, 2.0, 0.6


def meant(line: Found, work: Work, *, counts: bool = True) -> int | None:
    """The column of the item, if the line's own words fit one well, whatever strange words stand around them.

    Without `counts` nothing is counted here, and the line's amount may be the item's size.
    """
    if line.unknown or line.best < FITS or any(NUMBERS_ALONE in note for note in line.notes):
        return None
    named = None if counts else sized(line, work)
    if named is not None:
        return named
    if line.chosen is not None and (not _strangers(line, work) or (len(line.ties) == 1 and line.best >= FITS_WELL)):
        return line.chosen
    return _clearly_best(line)


def _strangers(line: Found, work: Work) -> list[int]:
    """The words of the line that nothing explains: no goods, no number, no cue for what the message is about."""
    spoken = {at for _, start, end in find_cues(work.atoms) for at in range(start, end + 1)}
    return [at for at in line.strange if at not in spoken and work.atoms[at].number is None]


def sized(line: Found, work: Work) -> int | None:
    """Of items that fit equally the only one that has the line's amount for its size; a unit beside it rules it out."""
    held = line.segment.quantity
    if work.evidence is None or held is None or held.unit:
        return None
    said = [tie for tie in line.ties if (work.evidence.text[held.start : held.end, tie] > 0).any()]
    return said[0] if len(said) == 1 and len(line.ties) > 1 else None


def _clearly_best(line: Found) -> int | None:
    ranked = sorted(line.ties, key=lambda tie: -line.text[tie])
    clear = len(ranked) > 1 and line.text[ranked[0]] - line.text[ranked[1]] >= CLEARLY and line.best >= FITS_WELL
    return ranked[0] if clear else None


def says_item(work: Work, at: int) -> bool:
    """Whether a word or number speaks for the item of the line it stands in."""
    line = next((line for line in work.found if line.segment.start <= at < line.segment.end), None)
    if line is None or line.chosen is None or line.unknown or work.evidence is None:
        return False
    return float(work.evidence.text[at, line.chosen]) > 0
