"""Greetings, help, opting out, and what we could make nothing of."""

from bot.dialogues import consent
from bot.turn import MOST_AUTOMATIC, Turn
from nlp.values import Intent
from people.model import Function, Party
from people.who import answering
from routing import matters
from routing.model import MatterKind

MOST_MISUNDERSTOOD = 2


def answer(turn: Turn, intent: Intent) -> None:
    """Say hello, say what we can do, or stop writing."""
    if intent == Intent.OPT_OUT:
        consent.stop(turn)
    else:
        turn.say("talk.help" if intent == Intent.HELP else "talk.hello", name=turn.known.first_name)
        turn.outcome = turn.outcome or "greeted"


def not_understood(turn: Turn, party_code: str | None) -> None:
    """Once more, please; after the second time in a row a person calls."""
    turn.conversation.misunderstood += 1
    turn.outcome = turn.outcome or "not_understood"
    if turn.conversation.misunderstood >= MOST_MISUNDERSTOOD:
        hand_over(turn, party_code)
    else:
        turn.say("talk.not_understood", name=turn.known.first_name)


def end_circles(turn: Turn) -> None:
    """Two bots must not feed each other: the third reply in a row that brings us no further says who will call.

    What we only found in the provider's list is asked again for our own loss, which is nobody's circle.
    """
    if turn.inbound.found_in_list:
        return
    if not turn.progress and not turn.stops and turn.conversation.automatic + 1 >= MOST_AUTOMATIC:
        hand_over(turn, None)


def hand_over(turn: Turn, party_code: str | None) -> None:
    """Say who will call, and nothing more until that is done."""
    firms = turn.known.firms
    party = turn.session.get(Party, party_code or firms[0]) if party_code or len(firms) == 1 else None
    callers = answering(turn.session, Function.COMMERCIAL, timezone=turn.app.settings.timezone, party=party)
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.NOT_UNDERSTOOD,
        reference=f"account:{turn.account.id}",
        function=Function.COMMERCIAL,
        party_code=party.code if party is not None else None,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"said": turn.text[:500]},
    )
    turn.said.clear()
    turn.shown.clear()
    turn.say("talk.will_call", who=callers[0].name if callers else turn.words("same.the_office"), number=matter.number)
    turn.stops = True
    turn.outcome = "handed_over"
