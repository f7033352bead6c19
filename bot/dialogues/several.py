"""One message with the orders of several firms: each firm's part is read for it, and makes a list of its own."""

from collections.abc import Callable

from bot.dialogues import firms
from bot.replies.words import quoted
from bot.turn import Turn
from nlp import SeveralFirms, several_firms
from people.model import Party


def answered(turn: Turn, answer_one: Callable[[Turn], None]) -> bool:
    """Give each part to `answer_one`; what cannot be parted is asked for apart. False: the message is of one firm."""
    if turn.firm or turn.inbound.quoted_sid or len(turn.known.firms) < 2:
        return False
    several = several_firms(turn.body, turn.app.catalogues.current(turn.session), turn.known.firms)
    if several is None:
        return False
    if not several.parts or firms.names_a_stranger(turn):
        turn.say("firm.several", firms=quoted(_names(turn, several)))
        turn.got("asked_apart")
        return True
    for part in several.parts:
        turn.firm, turn.part = part.firm, (part.start, part.end)
        answer_one(turn)
    turn.firm, turn.part = "", None
    return True


def _names(turn: Turn, several: SeveralFirms) -> str:
    return ", ".join(turn.session.get_one(Party, code).name for code in several.firms)
