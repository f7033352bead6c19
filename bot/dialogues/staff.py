"""What staff write who neither buy nor sell: noted for the function it concerns, until the floor has dialogues."""

from nlp import read
from nlp.values import Intent, Moment

from bot.catalogue import reader_speaker
from bot.dialogues import further, smalltalk
from bot.turn import Turn


def answer(turn: Turn) -> None:
    """Read it as a member of staff's, and put it before the function it concerns."""
    reading = read(
        turn.inbound.body,
        turn.app.catalogues.current(turn.session),
        reader_speaker(
            turn.session,
            party_code=None,
            role=next(iter(turn.known.roles), "operator"),
            language=turn.known.language,
            may_order_for=(),
        ),
        Moment(now=turn.inbound.sent_at, timezone=turn.app.settings.timezone),
    )
    if reading.intent in (Intent.GREETING, Intent.HELP, Intent.OPT_OUT):
        smalltalk.answer(turn, reading.intent)
    elif reading.intent in (Intent.YES, Intent.NO, Intent.ACKNOWLEDGE):
        turn.say("yes.nothing_open")
    elif reading.intent == Intent.OTHER and not reading.also:
        smalltalk.not_understood(turn, None)
    else:
        if reading.intent != Intent.OTHER:
            further.put_before_a_person(turn, reading.intent, turn.text, None)
        further.each(turn, reading, None)
