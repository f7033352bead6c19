"""Customers in shadow: what they write is read, and the reading kept; nothing is answered or put before anybody."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogues import consent as consent_said
from bot.dialogues import firms
from bot.dialogues.days import zone_of
from bot.dialogues.reading import read_for
from bot.model import InboundState
from bot.turn import Turn
from nlp.values import DraftLine, Intent, Reading
from orders import shadow
from orders.drafts import NewLine
from orders.repeat import last_order
from people import consent
from people.modes import hears_nothing, in_shadow
from store.database import now

OUTCOME = "shadow"
TEXT = "text"


def listens(turn: Turn) -> bool:
    """Whether nothing at all is said to this person."""
    return turn.speaker is not None and hears_nothing(turn.session, turn.account.person)


def is_of(turn: Turn, party_code: str | None) -> bool:
    """Whether this is about a customer in shadow, whoever writes."""
    return party_code is not None and party_code in in_shadow(turn.session, (party_code,))


def listen(turn: Turn) -> None:
    """Read what somebody wrote who is told nothing, and end the turn without a word. Taps and reactions say nothing."""
    inbound = turn.inbound
    if not inbound.payload and inbound.kind != "reaction":
        party_code = firms.firm_of(turn)
        reading = _read(turn, party_code)
        keep(turn, reading, party_code)
        if reading.intent == Intent.OPT_OUT:
            consent.stop(turn.session, turn.account, inbound_id=inbound.id)
        consent_said.noted(turn)
    inbound.state, inbound.done_at, inbound.outcome = InboundState.DONE.value, now(turn.session), OUTCOME


def note(turn: Turn, party_code: str) -> None:
    """The same of one message of somebody who speaks for others too."""
    keep(turn, _read(turn, party_code), party_code)
    turn.got(OUTCOME)


def keep(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """Keep the reading, the lines of a repeated order put in."""
    said = reading.as_json()
    if reading.intent == Intent.REPEAT_ORDER and party_code is not None:
        said["lines"] = [*_repeated(turn, reading, party_code), *said["lines"]]
    sent_at = turn.inbound.sent_at
    shadow.keep(
        turn.session,
        inbound_id=turn.inbound.id,
        party_code=party_code or "",
        day=sent_at.astimezone(ZoneInfo(zone_of(turn, party_code))).date(),
        said_at=sent_at,
        kind=turn.inbound.kind if turn.inbound.media or not turn.text else TEXT,
        revision=reading.revision,
        reading=said,
    )


def _read(turn: Turn, party_code: str | None) -> Reading:
    """As if the lines of the day so far stood in an open draft."""
    before: tuple[DraftLine, ...] = ()
    if party_code is not None:
        day = turn.inbound.sent_at.astimezone(ZoneInfo(zone_of(turn, party_code))).date()
        lines = shadow.wanted_on(turn.session, party_code, day)
        before = tuple(
            DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.source) for line in lines
        )
    return read_for(turn, party_code, drafted=before)


def _repeated(turn: Turn, reading: Reading, party_code: str) -> list[dict[str, Any]]:
    timezone, number = turn.app.settings.timezone, reading.slots.get("order")
    last = last_order(turn.session, party_code, timezone=timezone, number=number)
    return [_as_read(line) for line in last.lines] if last is not None else []


def _as_read(line: NewLine) -> dict[str, Any]:
    plain = replace(line, requested_price=None)
    return {
        "source": plain.source,
        "sku": plain.sku,
        "quantity": None if plain.quantity is None else str(plain.quantity),
        "uom": plain.uom,
        "status": plain.status.value,
        "candidates": [],
    }
