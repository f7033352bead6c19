"""`read`: the one way in. Never raises on any text."""

from __future__ import annotations

from nlp.catalogue import Catalogue
from nlp.dates import day_word
from nlp.matters import read_beside
from nlp.pipeline import run
from nlp.values import NO_CONTEXT, Context, Moment, Reading, Speaker
from nlp.work import Work


def _readable(text: str) -> str:
    """The same characters at the same places, those no text may hold (lone surrogates, NUL) replaced."""
    return (
        text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
        if not text.isascii() or "\x00" in text
        else text
    )


def read(text: str, catalogue: Catalogue, speaker: Speaker, moment: Moment, context: Context = NO_CONTEXT) -> Reading:
    """What one message means, for this speaker at this moment; every value with its place, score and runner-up."""
    work = Work(text=_readable(text), catalogue=catalogue, speaker=speaker, moment=moment, context=context)
    run(work)
    work = read_beside(work, run)
    return Reading(
        intent=work.intent,
        language=work.language,
        confidence=work.confidence,
        lines=tuple(work.lines),
        asked=tuple(work.asked),
        requested_on=work.requested_on,
        day_word=day_word(work.dates, work.requested_on),
        urgent=work.urgent,
        halves=work.halves,
        slots=dict(work.slots),
        changes=tuple(work.changes),
        also=tuple(work.also),
        left_over=tuple(work.left_over),
        revision=catalogue.revision,
        trace=tuple(work.trace),
    )
