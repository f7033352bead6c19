"""Told once who we are, how to stop and how to begin again; and doing it when somebody says so."""

from bot.turn import Turn
from people import consent
from people.model import Consent

# A message of these words alone is not read for anything else. "Cancel", "end" and "band karo" are about orders.
STOP = frozenset(
    {"stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "स्टॉप", "message band karo", "मैसेज बंद करो"}
)
START = frozenset(
    {"start", "restart", "unstop", "subscribe", "opt in", "shuru", "shuru karo", "chalu karo", "phir se shuru karo"}
    | {"message chalu karo", "message shuru karo", "स्टार्ट", "शुरू", "शुरू करो", "चालू करो", "मैसेज चालू करो"}
)


def answered(turn: Turn) -> bool:
    """Whether this message was about being written to, and nothing else."""
    wish = _wish(turn)
    if wish is Consent.STOPPED:
        stop(turn)
    elif wish is Consent.STARTED:
        start(turn)
    return wish is not None


def noted(turn: Turn) -> bool:
    """The same of somebody who is told nothing: it holds, without a word."""
    wish = _wish(turn)
    if wish is Consent.STOPPED:
        consent.stop(turn.session, turn.account, inbound_id=turn.inbound.id)
    elif wish is Consent.STARTED:
        consent.start(turn.session, turn.account, inbound_id=turn.inbound.id)
    return wish is not None


def _wish(turn: Turn) -> Consent | None:
    if turn.inbound.payload or turn.inbound.media:
        return None
    said = " ".join(turn.text.casefold().strip(" .!।\"'").split())
    if said in STOP:
        return Consent.STOPPED
    return Consent.STARTED if said in START and turn.account.opted_out_at is not None else None


def stop(turn: Turn) -> None:
    """Nothing more on our own; said again to whoever says it again."""
    consent.stop(turn.session, turn.account, inbound_id=turn.inbound.id)
    turn.say("talk.opted_out")
    turn.got("opted_out")


def start(turn: Turn) -> None:
    """We may write again."""
    consent.start(turn.session, turn.account, inbound_id=turn.inbound.id)
    turn.say("talk.opted_in")
    turn.got("opted_in")
