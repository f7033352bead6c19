"""One turn of a conversation: what was heard, who said it, and what is said back, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import Bubble, fits
from bot.model import Conversation, Inbound, InboundState, Outbound
from bot.outgoing import queue
from bot.replies import Words
from people.model import Account, Person
from people.who import Speaker
from store.database import now

MOST_AUTOMATIC = 3
"""Replies in a row that brought the talk no further, before we stop."""


@dataclass(kw_only=True, slots=True)
class Turn:
    """What a dialogue works with. Sentences said are joined with the bubble of this turn into one."""

    app: Munshi
    session: Session
    inbound: Inbound
    account: Account
    conversation: Conversation
    speaker: Speaker | None
    words: Words
    said: list[str] = field(default_factory=list)
    bubbles: list[Bubble] = field(default_factory=list)
    progress: bool = False
    """The talk got somewhere: an order, an answer, a matter put before a person."""
    outcome: str = ""
    hold: timedelta = timedelta()
    """How long the bubble may wait for the ERP's number."""
    last: Outbound | None = None
    """The bubble this turn wrote last."""
    wants_summary: int | None = None
    """The draft whose summary ends this turn."""

    @property
    def today(self) -> date:
        """In the plant's time zone."""
        return now(self.session).astimezone(ZoneInfo(self.app.settings.timezone)).date()

    @property
    def known(self) -> Speaker:
        """The speaker, where only a known person can be."""
        assert self.speaker is not None
        return self.speaker

    @property
    def text(self) -> str:
        return self.inbound.body.strip()

    def say(self, key: str, /, **facts: object) -> None:
        """Say a sentence in this turn's bubble."""
        self.said.append(self.words(key, **facts))

    def show(self, bubbles: Sequence[Bubble]) -> None:
        """Say whole bubbles; the sentences go into the first."""
        self.bubbles.extend(bubbles)

    def waits_behind(self) -> bool:
        """Whether this person has written again: then only the last message answers."""
        return (
            self.session.scalars(
                select(Inbound.id)
                .where(
                    Inbound.sender == self.inbound.sender,
                    Inbound.channel == self.inbound.channel,
                    Inbound.id > self.inbound.id,
                    Inbound.state == InboundState.STORED.value,
                )
                .limit(1)
            ).first()
            is not None
        )

    def finish(self) -> None:
        """Write what is said, unless a newer message will answer for this one too."""
        conversation, inbound = self.conversation, self.inbound
        inbound.state, inbound.done_at = InboundState.DONE.value, now(self.session)
        inbound.outcome = inbound.outcome or self.outcome
        if self.waits_behind() and not self.hold:
            conversation.unsaid = [*conversation.unsaid, *self.said]
            return
        self._count()
        if conversation.stopped_at is not None:
            return
        self.write()
        conversation.unsaid = []

    def _count(self) -> None:
        conversation = self.conversation
        if self.progress:
            conversation.misunderstood = conversation.automatic = 0
            conversation.stopped_at = None
        else:
            conversation.automatic += 1

    def write(self) -> None:
        """Queue what was said, joined into as few bubbles as it takes."""
        sentences = [*self.conversation.unsaid, *self.said]
        bubbles = list(self.bubbles)
        if sentences:
            bubbles = _joined(sentences, bubbles, language=self.words.catalogue)
        for position, bubble in enumerate(bubbles):
            self.last = queue(
                self.session,
                account_id=self.account.id,
                channel=self.inbound.channel,
                bubble=bubble,
                inbound_id=self.inbound.id,
                hold=self.hold if position == len(bubbles) - 1 else timedelta(),
                simulated=self.inbound.simulated,
            )


def _joined(sentences: Sequence[str], bubbles: list[Bubble], *, language: str) -> list[Bubble]:
    """One bubble where it fits; else the sentences go before it in one of their own."""
    sentences = list(dict.fromkeys(sentences))
    if bubbles:
        first = bubbles[0]
        joined = replace(first, lines=(*sentences, *first.lines))
        if fits(joined):
            return [joined, *bubbles[1:]]
    plain = Bubble(kind="reply", lines=tuple(sentences), language=language)
    while not fits(plain):
        plain = replace(plain, lines=plain.lines[:-1])
    return [plain, *bubbles]


def person_of(turn: Turn) -> Person:
    """The person speaking."""
    return turn.session.get_one(Person, turn.known.person_id)


