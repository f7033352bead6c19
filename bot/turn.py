"""One turn of a conversation: what was heard, who said it, and what is said back, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import LIMIT_PLAIN, Bubble, fits, text_length
from bot.model import Conversation, Inbound, InboundState, Outbound, OutboundState
from bot.outgoing import queue
from bot.replies import Words
from bot.replies.notice import notice
from bot.replies.summary import Facts, later, summary
from bot.second_reader import Opinion
from orders.model import DraftLine, OrderDraft
from people import consent
from people.model import Account
from people.who import Speaker
from store.database import now

MOST_AUTOMATIC = 3
"""The so-many-th reply in a row that brings the talk no further says who will call, and is the last."""
OWED = "owed"
"""In `Conversation.pending`: the drafts whose summaries are left to the next message, with their headings."""
CARRIED = "said"
"""In `Outbound.subject`: sentences that must still be said if a newer bubble takes this one's place."""


@dataclass(kw_only=True, slots=True)
class Turn:
    """What a dialogue works with. What it says and shows is written as few bubbles when the turn ends."""

    app: Munshi
    session: Session
    inbound: Inbound
    account: Account
    conversation: Conversation
    speaker: Speaker | None
    words: Words
    said: list[str] = field(default_factory=list)
    shown: list[Facts | Bubble] = field(default_factory=list)
    """Summaries and questions that end this turn; at most one of a topic."""
    progress: bool = False
    """The talk got somewhere: an order, an answer, a matter put before a person."""
    outcome: str = ""
    """What came of it in one word, as `Inbound.outcome` keeps it."""
    firm: str = ""
    """The firm chosen for a message that did not say for whom it is, or whose part of it is being answered."""
    order: str = ""
    """Our number of the order chosen for a message that did not say which."""
    part: tuple[int, int] | None = None
    """The part of the message that is being answered, where it speaks for several firms; None: all of it."""
    hold: timedelta = timedelta()
    """How long the last bubble may wait for the ERP's number."""
    stops: bool = False
    """After this turn we are silent until a person has dealt with it."""
    in_doubt: list[tuple[str, OrderDraft, DraftLine]] = field(default_factory=list)
    """Lines whose item nothing of ours could settle, with the message they are of (it may have waited for its firm)."""
    unspoken: bool = False
    """Nothing was written: a reaction, or WhatsApp's own word."""
    opinion: Opinion | None = None
    """What the second reader says of them, once it was asked."""

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
    def body(self) -> str:
        """What was written, or the part of it that is being answered."""
        return self.inbound.body if self.part is None else self.inbound.body[slice(*self.part)]

    @property
    def text(self) -> str:
        """The same without the white space around it."""
        return self.body.strip()

    @property
    def came_at(self) -> datetime:
        """When it was sent, or stored if that was earlier: what was shown after it is not what it answers."""
        return min(self.inbound.sent_at, self.inbound.stored_at)

    def say(self, key: str, /, **facts: object) -> None:
        """Say a sentence in this turn's bubble."""
        self.said.append(self.words(key, **facts))

    def show(self, what: Facts | Bubble) -> None:
        """End the turn with a summary or a question; a later one of the same topic takes the place of an earlier."""
        for place, before in enumerate(self.shown):
            if before.topic and before.topic == what.topic:
                both = isinstance(before, Facts) and isinstance(what, Facts)
                self.shown[place] = later(before, what) if both else what  # type: ignore[arg-type]
                return
        self.shown.append(what)

    def got(self, outcome: str) -> None:
        """The talk got somewhere; the first outcome of a turn names it."""
        self.progress = True
        self.outcome = self.outcome or outcome

    def waits_behind(self) -> bool:
        """Whether this person has written again: then only the last message answers."""
        newer = (
            select(Inbound.id)
            .where(
                Inbound.sender == self.inbound.sender,
                Inbound.channel == self.inbound.channel,
                Inbound.id > self.inbound.id,
                Inbound.state == InboundState.STORED.value,
            )
            .limit(1)
        )
        return self.session.scalars(newer).first() is not None

    def finish(self) -> None:
        """Write what is said, unless a newer message will answer for this one too."""
        inbound = self.inbound
        if inbound.state == InboundState.STORED.value:
            inbound.state, inbound.done_at = InboundState.DONE.value, now(self.session)
        inbound.outcome = inbound.outcome or self.outcome
        conversation = self.conversation
        if self.progress:
            conversation.misunderstood = conversation.automatic = 0
            conversation.stopped_at = None
        if conversation.stopped_at is not None:
            inbound.outcome = "quiet"
            return
        if self.waits_behind() and not self.hold:
            inbound.outcome = inbound.outcome or "left_to_next"
            self._leave_to_the_next()
            return
        if not (self.progress or self.unspoken or inbound.found_in_list):
            conversation.automatic += 1
        if self.write():
            inbound.outcome = inbound.outcome or "answered"
        if self.stops:
            conversation.stopped_at = now(self.session)

    def _leave_to_the_next(self) -> None:
        """Its sentences and the summaries; a question is asked again by whoever finds it open."""
        conversation = self.conversation
        owed = dict(conversation.pending.get(OWED, {}))
        for what in self.shown:
            draft_id = what.draft.id if isinstance(what, Facts) else what.draft_id
            heading = what.special_heading() if isinstance(what, Facts) else None
            if draft_id is not None:
                owed[str(draft_id)] = heading or owed.get(str(draft_id))
        conversation.unsaid = [*conversation.unsaid, *self.said]
        if owed:
            conversation.pending = {**conversation.pending, OWED: owed}

    def write(self) -> int:
        """Queue what was said, joined into as few bubbles as it takes; how many."""
        sentences = list(dict.fromkeys([*self.conversation.unsaid, *self._carried(), *self.said]))
        bubbles = self._with_notice(self._bubbles(sentences), sentences)
        for position, bubble in enumerate(bubbles):
            queue(
                self.session,
                account_id=self.account.id,
                channel=self.inbound.channel,
                bubble=bubble,
                inbound_id=self.inbound.id,
                hold=self.hold if position == len(bubbles) - 1 else timedelta(),
                simulated=self.inbound.simulated,
            )
        self.conversation.unsaid = []
        return len(bubbles)

    def _with_notice(self, bubbles: list[Bubble], sentences: Sequence[str]) -> list[Bubble]:
        """The first reply says who we are and how to stop, unless that would cost a bubble: then the next one does."""
        if not bubbles or self.account.noticed_at is not None:
            return bubbles
        longer = self._bubbles(
            [*notice(self.words, firm=self.app.settings.firm_name, known=self.speaker is not None), *sentences]
        )
        if len(longer) != len(bubbles):
            return bubbles
        consent.noticed(self.session, self.account, inbound_id=self.inbound.id)
        return longer

    def _carried(self) -> list[str]:
        """The sentences of bubbles not yet sent whose place those of this turn take."""
        topics = [what.topic for what in self.shown if what.topic]
        if not topics:
            return []
        waiting = select(Outbound.subject).where(
            Outbound.account_id == self.account.id,
            Outbound.topic.in_(topics),
            Outbound.state == OutboundState.QUEUED.value,
        )
        return [text for subject in self.session.scalars(waiting) for text in subject.get(CARRIED, ())]

    def _bubbles(self, sentences: Sequence[str]) -> list[Bubble]:
        """The sentences go into the first bubble shown; where they do not fit, before it."""
        if not self.shown:
            return pages(sentences, language=self.words.catalogue)
        first, *rest = self.shown
        bubbles = self._opening(first, sentences)
        for what in rest:
            bubbles += summary(self.words, what) if isinstance(what, Facts) else [what]
        return bubbles

    def _opening(self, first: Facts | Bubble, sentences: Sequence[str]) -> list[Bubble]:
        if isinstance(first, Facts):
            bubbles = summary(self.words, first, before=sentences)
            last = bubbles[-1]
            return [*bubbles[:-1], replace(last, subject={**last.subject, CARRIED: list(sentences)})]
        subject = {**first.subject, CARRIED: list(sentences)}
        joined = replace(first, lines=(*sentences, *first.lines), subject=subject)
        return [joined] if fits(joined) else [*pages(sentences, language=self.words.catalogue), first]


def pages(sentences: Sequence[str], *, language: str, kind: str = "reply") -> list[Bubble]:
    """Sentences in as few plain bubbles as it takes; none is dropped."""
    filled: list[list[str]] = []
    for text in sentences:
        if filled and text_length([*filled[-1], text]) <= LIMIT_PLAIN:
            filled[-1].append(text)
        else:
            filled.append([text])
    return [Bubble(kind=kind, lines=tuple(lines), language=language) for lines in filled]
