"""The approved forms by which a message may open a conversation: which they are, and what goes into their variables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.port import OutgoingMessage
from bot.channels.registry import APPROVED
from bot.channels.shapes import clean, form_key, in_one_line, template_name
from bot.kinds import Form, kind_of
from bot.model import ContentShape
from bot.replies.words import Words

VARIABLES: Mapping[Form, tuple[str, ...]] = dict.fromkeys(Form, ("text",)) | {Form.ORDER: ("order", "text")}
"""What each form shows, in the order of its variables: `{{1}}`, `{{2}}` …"""
SENTENCES: Mapping[Form, tuple[str, str]] = {
    Form.ORDER: ("template.order", "template.sample"),
    Form.WAITS: ("template.waits", "template.sample_waits"),
    Form.PLACED: ("template.placed", "template.sample_placed"),
    Form.OFFICE: ("template.office", "template.sample_office"),
    Form.DIGEST: ("template.digest", "template.sample_digest"),
    Form.APPROVAL: ("template.approval", "template.sample_approval"),
    Form.ANY: ("template.opening", "template.sample"),
}
"""The sentence of a form, and the sample of its text that is shown to whoever approves it."""
SAMPLE_ORDER = "M26000123"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One form with the values of its variables."""

    form: Form
    name: str
    values: tuple[str, ...]


def openings(message: OutgoingMessage) -> Iterator[Opening]:
    """The forms a message may go in, its own first."""
    own = kind_of(message.kind).form
    facts = {"text": in_one_line(message.lines), "order": clean(message.order)}
    for form in dict.fromkeys((own, Form.ANY)):
        values = tuple(facts[name] for name in VARIABLES[form])
        # A variable is never empty.
        if all(values):
            yield Opening(form=form, name=template_name(form, message.language), values=values)


def body(form: Form, words: Words, **facts: str) -> str:
    """The text of a form with these facts; without them as it is submitted, `{{1}}` for the first."""
    numbered = {name: f"{{{{{number}}}}}" for number, name in enumerate(VARIABLES[form], 1)}
    return words(SENTENCES[form][0], **(numbered | facts))


def samples(form: Form, words: Words) -> tuple[str, ...]:
    """A value for each variable, for whoever approves it."""
    facts = {"text": words(SENTENCES[form][1]), "order": SAMPLE_ORDER}
    return tuple(facts[name] for name in VARIABLES[form])


def approved_for(session: Session, channel: str, *, kind: str, language: str) -> bool:
    """Whether a kind of message may open a conversation in this language."""
    forms = dict.fromkeys((kind_of(kind).form, Form.ANY))
    keys = [form_key(channel, template_name(form, language)) for form in forms]
    found = select(ContentShape.key).where(ContentShape.key.in_(keys), ContentShape.approval == APPROVED)
    return session.scalars(found.limit(1)).first() is not None
