"""What follows finance's word on a held change, or its silence: told to whoever asked for it, truly and once."""

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.changed_orders import settle_change, tell_dropped, tell_lapsed, tell_released
from bot.credit_asks import house_of
from bot.credit_decided import tell_decider, was_never_asked, who
from bot.replies import Words
from bot.replies import credit_ask as texts
from orders.credit_releases import decided
from orders.model import OrderState


def credit_decided(app: Munshi, ask_id: int) -> None:
    """The job: let the change go or tell why not; a repeat does nothing."""
    app.database.retrying(lambda session: _follow(app, session, ask_id))


def _follow(app: Munshi, session: Session, ask_id: int) -> None:
    outcome = decided(session, ask_id, house=house_of(app))
    if outcome is None:
        return
    order, change = outcome.order, outcome.change
    assert change is not None, "this job follows what was asked of a change"
    if outcome.went or outcome.dropped:
        settle_change(session, change.number, by=who(session, outcome), reason=outcome.reason or str(outcome.answer))

    def why(said: Words) -> str:
        return texts.reason_text(said, outcome.reason)

    if outcome.stays is not None:
        tell_decider(app, session, outcome)
    elif outcome.went:
        tell_released(app, session, order, change)
    elif outcome.dropped:
        tell_dropped(app, session, order, change, outcome.fallen, why=why if outcome.reason else None)
    elif change.state == OrderState.HELD.value and not was_never_asked(outcome):
        tell_lapsed(app, session, order, change)
