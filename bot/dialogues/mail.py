"""Mail: who wrote decides only whom it concerns. A known person confirms on WhatsApp; of all else the desk decides.

Nothing is said by mail. The mail itself is heard first; then what was read from its text and files, each by itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.desk_drafts import open_desk_draft
from bot.dialogues import papers
from bot.dialogues.ordering import new_line
from bot.intake import Incoming, take_in
from bot.model import Inbound, InboundState
from bot.notices import channel_for
from bot.papers.derived import Paper, origin_of, paper_of
from bot.papers.reading import ask_for, can_read
from bot.parked import park
from bot.turn import Turn
from orders import drafts
from people.model import Account, Function
from people.who import chat_identity
from routing import matters
from routing.model import MatterKind
from store.database import now

BESIDE = "beside"


def answer(turn: Turn) -> None:
    """Hear a mail, or what was read from one, and end the turn without a word."""
    _answer(turn)
    inbound = turn.inbound
    if inbound.state == InboundState.STORED.value:
        inbound.state, inbound.done_at = InboundState.DONE.value, now(turn.session)
    inbound.outcome = inbound.outcome or turn.outcome


def _answer(turn: Turn) -> None:
    """Have what a mail holds read; put before the desk what cannot be, or came from nobody we know."""
    paper = paper_of(turn.inbound)
    if paper is not None:
        _of_paper(turn, paper)
        return
    if turn.account.dismissed_at is not None:
        park(turn.inbound)
        return
    if reason := turn.inbound.raw.get("mail", {}).get("automatic"):
        turn.outcome = f"automatic_{reason}"
        return
    readable = [can_read(turn.app, one) for one in turn.inbound.media]
    known = turn.speaker is not None and turn.known.orders
    if not known or not all(readable) or turn.inbound.raw["mail"]["left_out"] or not _holds_anything(turn.inbound):
        _to_the_desk(turn, turn.inbound.id, {"from": "known" if known else "stranger"})
    if known or turn.speaker is None:
        ask_for(turn.session, turn.inbound)
    turn.outcome = "reading"


def _holds_anything(inbound: Inbound) -> bool:
    """Whether there is a file or a word to be read; of a mail that is too large there is its head alone."""
    return bool(inbound.media) or any(map(str.isalpha, inbound.raw["mail"]["text"]))


def _of_paper(turn: Turn, paper: Paper) -> None:
    """A stranger's waits until somebody says who he is; a known person's goes to him, else to the desk as a draft."""
    if turn.speaker is None:
        park(turn.inbound)
        return
    to = chat_identity(turn.session, turn.account)
    if paper.refused is not None:
        _to_the_desk(turn, paper.of, {"reason": paper.refused.value})
    elif not papers.is_order(turn, paper):
        if not paper.beside:
            _to_the_desk(turn, paper.of, {"reason": papers.NOTHING_FOUND})
        turn.outcome = turn.outcome or BESIDE
    elif to:
        take_in(turn.session, _passed_on(turn, to))
        turn.outcome = "passed_on"
    else:
        _draft_for_the_desk(turn, paper)


def _passed_on(turn: Turn, to: str) -> Incoming:
    """The same words in his talk on WhatsApp, once: there he is shown what was read and says yes or no."""
    inbound = turn.inbound
    return Incoming(
        channel=channel_for(turn.app, simulated=False),
        sid=inbound.sid,
        sender=to,
        sent_at=inbound.sent_at,
        kind=inbound.kind,
        body=inbound.body,
        raw=inbound.raw,
    )


def _draft_for_the_desk(turn: Turn, paper: Paper) -> None:
    party_code, reading = papers.read_order(turn, paper)
    if party_code is None or papers.is_anothers(turn):
        _to_the_desk(turn, paper.of, {"reason": "firm"})
        return
    lines = [replace(new_line(line, reading.requested_on), read_from=origin_of(turn.inbound)) for line in reading.lines]
    draft, _ = open_desk_draft(
        turn.app,
        turn.session,
        inbound_id=turn.inbound.id,
        party_code=party_code,
        lines=lines,
        facts={"from": "mail", "mail": paper.of},
    )
    draft = drafts.locked(turn.session, draft.id)
    draft.customer_reference = draft.customer_reference or reading.slots.get("customer_reference", "")
    draft.requested_on = draft.requested_on or reading.requested_on
    turn.got("matter")


def _to_the_desk(turn: Turn, inbound_id: int, facts: Mapping[str, Any]) -> None:
    """One matter a mail, with its text and files beside it."""
    firms = turn.known.firms if turn.speaker is not None else ()
    account: Account = turn.account
    matters.open_matter(
        turn.session,
        kind=MatterKind.MAIL,
        reference=f"inbound:{inbound_id}",
        function=Function.COMMERCIAL,
        party_code=firms[0] if len(firms) == 1 else None,
        account_id=account.id,
        inbound_id=inbound_id,
        facts=dict(facts),
    )
    turn.got("matter")
