"""The ordered, named steps as spaCy components on a blank pipeline; one pipeline a thread, its words forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp import steps
from nlp.tokens import MessageTokenizer
from nlp.work import Work

STEPS: tuple[tuple[str, Callable[[Work], None]], ...] = (
    ("tokens", steps.cut),
    ("furniture", steps.set_aside),
    ("dates", steps.find_dates),
    ("prices", steps.find_prices),
    ("firm", steps.find_firm),
    ("references", steps.find_references),
    ("edits", steps.find_edits),
    ("aliases", steps.find_aliases),
    ("quantities", steps.find_quantities),
    ("evidence", steps.weigh),
    ("search", steps.search),
    ("lines", steps.make_lines),
    ("vetoes", steps.veto),
    ("confidence", steps.weigh_doubts),
    ("intent", steps.judge_intent),
    ("rest", steps.add_rest),
    ("slots", steps.fill_slots),
    ("left over", steps.leave_over),
)
WORK = "work"


def _component(step: Callable[[Work], None]) -> Callable[[Language, str], Callable[[Doc], Doc]]:
    def create(nlp: Language, name: str) -> Callable[[Doc], Doc]:
        del nlp, name  # spaCy gives them to every component; the steps need neither

        def run(doc: Doc) -> Doc:
            step(doc.user_data[WORK])
            return doc

        return run

    return create


for _name, _step in STEPS:
    Language.factory(f"munshi {_name}", func=_component(_step))

_local = threading.local()


def _pipeline() -> Language:
    made: Language | None = getattr(_local, "pipeline", None)
    if made is None:
        made = spacy.blank("xx")
        made.tokenizer = MessageTokenizer(made.vocab)
        for name, _ in STEPS:
            made.add_pipe(f"munshi {name}", name=name)
        _local.pipeline = made
    return made


def run(work: Work) -> None:
    """Takes one message through all steps; the strings it brought are freed afterwards (spaCy would keep them)."""
    pipeline = _pipeline()
    with pipeline.memory_zone():
        doc = pipeline.make_doc(work.text)
        doc.user_data[WORK] = work
        for _, component in pipeline.pipeline:
            doc = component(doc)
        _mark(doc, work)


def _mark(doc: Doc, work: Work) -> None:
    """Lines, dates and left-over spans as spaCy spans, so that their places are checked against the text's tokens."""
    for name, spans in work.spans().items():
        doc.spans[name] = [
            span for start, end in spans if (span := doc.char_span(start, end, label=name, alignment_mode="expand"))
        ]
