"""What staff write who neither buy nor sell: noted for the function it concerns, until the floor has dialogues."""

from bot.dialogues import further, smalltalk
from bot.dialogues.reading import read_as_staff
from bot.turn import Turn
from nlp.values import Intent


def answer(turn: Turn) -> None:
    """Read it as a member of staff's, and put it before the function it concerns."""
    reading = read_as_staff(turn)
    if reading.intent in (Intent.GREETING, Intent.HELP, Intent.OPT_OUT):
        smalltalk.answer(turn, reading.intent)
    elif reading.intent in (Intent.YES, Intent.NO, Intent.ACKNOWLEDGE):
        turn.say("yes.nothing_open")
    elif reading.intent != Intent.OTHER:
        further.put_before_a_person(turn, reading.intent, turn.text, None)
    elif not reading.also:
        smalltalk.not_understood(turn, None)
    further.each(turn, reading, None)
