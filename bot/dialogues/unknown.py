"""Senders we do not know: kept, greeted once, asked for their firm's name, shown to an admin."""

from bot.parked import park
from bot.turn import Turn
from people.model import Function
from people.modes import everybody_is_in_shadow
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now

MOST_KEPT_NAME = 120


def answer(turn: Turn) -> None:
    """Nobody becomes a customer by writing: what was written waits for an admin's decision."""
    account = turn.account
    park(turn.inbound)
    matter = show_to_an_admin(turn)
    if matter is None:
        return
    if everybody_is_in_shadow(turn.session):
        return
    if account.greeted_at is None:
        account.greeted_at = now(turn.session)
        turn.say("unknown.greeting")
        turn.got("greeted")
    elif not account.claimed_firm and turn.text and turn.came_at > account.greeted_at:
        account.claimed_firm = turn.text[:MOST_KEPT_NAME]
        matter.facts = {**matter.facts, "claimed_firm": account.claimed_firm}
        turn.say("unknown.thanks", number=matter.number)
        turn.got("firm_claimed")


def show_to_an_admin(turn: Turn) -> Matter | None:
    """Whoever reaches us without being known stands before a person, a mere thumb included; dismissed, he does not."""
    account = turn.account
    if account.dismissed_at is not None:
        return None
    return matters.open_matter(
        turn.session,
        kind=MatterKind.UNKNOWN_SENDER,
        reference=f"account:{account.id}",
        function=Function.IT,
        account_id=account.id,
        inbound_id=turn.inbound.id,
        facts={
            "said": turn.text[:500],
            "profile_name": account.profile_name,
            "was_known": account.person_id is not None,
        },
    )


def said_who_he_is(turn: Turn) -> bool:
    """Whether this message, read once its sender is known, is the one that told his firm's name."""
    return bool(turn.account.claimed_firm) and turn.text[:MOST_KEPT_NAME] == turn.account.claimed_firm
