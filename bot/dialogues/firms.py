"""For which firm somebody speaks: his only one, the one he names, the one of the open draft; else asked once."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from bot.dialogues import show
from bot.dialogues.reading import read_for
from bot.model import Inbound, InboundState
from bot.parked import park
from bot.replies.questions import which_firm
from bot.turn import Turn
from nlp import firms_all_of_whose_words_occur, named_firm
from people.model import Party
from routing import matters
from store.database import now

ASKED = "firm"
"""In `Conversation.pending`: the messages that wait for the firm's name, and since when."""
ASKED_FIRM = "asked_firm"
"""The outcome of a message that waits for it."""
LEAST_TYPED = 4


def firm_of(turn: Turn) -> str | None:
    """The party this message is about, or None when it must be asked."""
    who = turn.known
    if turn.firm:
        return turn.firm
    if len(who.firms) == 1 and not who.is_rep:
        return who.firms[0]
    named = _named(turn, who.firms)
    if named:
        return named
    draft = show.open_draft_of(turn)
    if draft is not None:
        return draft.party_code
    return who.firms[0] if len(who.firms) == 1 else None


def _named(turn: Turn, firms: tuple[str, ...]) -> str | None:
    if not firms:
        return None
    return named_firm(turn.text, turn.app.catalogues.current(turn.session), firms)


def is_for_a_stranger(turn: Turn) -> bool:
    """Whether a firm this person has nothing to do with is named in full: not ordered for, and not told about."""
    named = _named_in_full(turn)
    return bool(named) and not named & set(turn.known.firms)


def names_a_stranger(turn: Turn) -> bool:
    """Whether one is, beside firms of his or not."""
    return bool(_named_in_full(turn) - set(turn.known.firms))


def _named_in_full(turn: Turn) -> set[str]:
    """In full, because words of firms' names are words of goods too."""
    text = _folded(turn.text)
    possible = firms_all_of_whose_words_occur(turn.text, turn.app.catalogues.current(turn.session))
    names = {firm.code: _folded(firm.name) for firm in possible}
    return {code for code, name in names.items() if " " in name.strip() and name in text}


def _folded(text: str) -> str:
    return " ".join(("", *re.findall(r"\w+", text.casefold()), ""))


def ask(turn: Turn) -> None:
    """Keep the message; for whom it is, is asked at the end of the turn."""
    park(turn.inbound)
    turn.inbound.outcome = ASKED_FIRM
    turn.got(ASKED_FIRM)
    _set_pending(turn, [*_waiting(turn), turn.inbound.id], shown=False)


def _set_pending(turn: Turn, waiting: list[int], *, shown: bool) -> None:
    before = turn.conversation.pending.get(ASKED) or {"since": now(turn.session).isoformat()}
    asked = {**before, "inbound_ids": waiting, "shown": shown}
    turn.conversation.pending = {**turn.conversation.pending, ASKED: asked}


def ask_if_owed(turn: Turn) -> None:
    """Ask, unless a newer message will, or it was asked."""
    if is_asked(turn) and not turn.conversation.pending[ASKED].get("shown"):
        show_question(turn)


def _waiting(turn: Turn) -> list[int]:
    return list(turn.conversation.pending.get(ASKED, {}).get("inbound_ids", ()))


def is_asked(turn: Turn) -> bool:
    """Whether messages of this person wait for a firm's name."""
    return bool(_waiting(turn))


def show_question(turn: Turn, *, first: int = 0) -> None:
    """The firms to choose from, a page at a time."""
    if turn.waits_behind():
        return
    _set_pending(turn, _waiting(turn), shown=True)
    turn.show(which_firm(turn.words, _parties(turn), first=first))


def _parties(turn: Turn) -> Sequence[Party]:
    return turn.session.scalars(
        select(Party).where(Party.code.in_(turn.known.firms)).order_by(Party.name, Party.code)
    ).all()


def answered(turn: Turn, code: str) -> list[Inbound]:
    """The firm is known now: the messages that waited for it, to be read; none when nothing waits or it is not his."""
    if code not in turn.known.firms:
        return []
    return _no_longer_waiting(turn)


def dropped(turn: Turn) -> bool:
    """He does not want it after all; False when nothing waited."""
    kept = _no_longer_waiting(turn)
    for inbound in kept:
        inbound.state, inbound.outcome, inbound.done_at = InboundState.DONE.value, "declined", now(turn.session)
    return bool(kept)


def _no_longer_waiting(turn: Turn) -> list[Inbound]:
    waiting = _waiting(turn)
    turn.conversation.pending = {name: value for name, value in turn.conversation.pending.items() if name != ASKED}
    matters.close_about(turn.session, reference(turn.account.id), by="munshi", reason="answered")
    return list(
        turn.session.scalars(
            select(Inbound)
            .where(Inbound.id.in_(waiting), Inbound.state == InboundState.PARKED.value)
            .order_by(Inbound.id)
            .with_for_update()
        )
    )


def reference(account_id: int) -> str:
    """What the matter of messages that wait for a firm's name is about."""
    return f"firm:{account_id}"


def typed(turn: Turn) -> str | None:
    """The firm a typed answer to the question names, by what people call it or by its code."""
    if not is_asked(turn):
        return None
    text = turn.text.casefold()
    called = [
        party.code
        for party in _parties(turn)
        if text in (party.code.casefold(), party.name.casefold())
        or (len(text) >= LEAST_TYPED and text in party.name.casefold())
    ]
    if len(called) == 1:
        return called[0]
    named = _named(turn, turn.known.firms)
    # With goods in it, it is not an answer but a message of its own.
    return named if named and not read_for(turn, named).lines else None
