"""Brings the ERP's master data to whoever owns it: the mirror, people, aliases."""

from collections.abc import Mapping

import structlog
from sqlalchemy import select, update

from bot.alarms import erp_read
from bot.app import Munshi
from bot.parked import read_now
from erp import mirror
from erp import pull as erp_pull
from erp.mirror_apply import Applied, Verdict
from erp.port import Erp, ErpError
from erp.pull import Owner, Progress
from erp.records import RecordKind
from erp.rule_records import RULE_KINDS
from orders.aliases import take_aliases
from orders.model import OrderState, SalesOrder
from orders.rule_judge import judging
from people.model import Account, Function
from people.sync import take_addresses, take_customers, take_people
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now

log = structlog.get_logger()

OWNERS: Mapping[RecordKind, Owner] = {
    RecordKind.CUSTOMERS: take_customers,
    RecordKind.ADDRESSES: take_addresses,
    RecordKind.PEOPLE: take_people,
    RecordKind.ALIASES: take_aliases,
}


def pull(app: Munshi, *, progress: Progress | None = None) -> list[Applied]:
    """Pull what changed from every ERP. Raises ErpDown, NotAuthorised."""
    return [applied for erp in app.erps.values() for applied in _pull(app, erp, progress=progress)]


def _pull(app: Munshi, erp: Erp, *, progress: Progress | None = None) -> list[Applied]:
    judge = judging(app.settings.timezone)
    applied = erp_pull.pull(app.database, erp, OWNERS, progress=progress, judge=judge)
    _show_refusals(app, erp.name, applied)
    if any(one.kind == RecordKind.ORDERS for one in applied):
        _note_listed_orders(app)
    if any(one.kind == RecordKind.PEOPLE for one in applied):
        _hear_who_is_known_now(app)
    return applied


def pull_changes(app: Munshi) -> int:
    """The duty: how many listings changed. An ERP that does not answer keeps no other from being read."""
    changed = 0
    for name, erp in app.erps.items():
        try:
            changed += len(_pull(app, erp))
        except ErpError as error:
            log.warning("erp_not_read", erp=name, error=type(error).__name__)
            erp_read(app, name, failure=str(error))
        else:
            erp_read(app, name, failure="")
    return changed


def _show_refusals(app: Munshi, erp: str, applied: list[Applied]) -> None:
    """A listing that was not taken over, or rules of it that were not, stand before a person until later ones are."""
    with app.database.transaction() as session:
        for one in applied:
            reference = f"listing:{erp}:{one.kind.value}"
            if one.verdict == Verdict.TAKEN and not _left_rules_out(one):
                matters.close_about(session, reference, by="munshi", reason="taken over")
                continue
            matters.open_matter(
                session,
                kind=MatterKind.MASTER_DATA,
                reference=reference,
                function=Function.IT,
                facts={"problems": [str(problem) for problem in one.problems[:20]]},
            )


def _left_rules_out(one: Applied) -> bool:
    """Whether rules were refused: what they would replace stays in force, which somebody must know."""
    return one.kind in RULE_KINDS and any(problem.skipped for problem in one.problems)


def _note_listed_orders(app: Munshi) -> None:
    """From when the ERP lists an order of ours, its list says what of it is not invoiced yet."""
    with app.database.transaction() as session:
        unseen = session.scalars(
            select(SalesOrder.number).where(
                SalesOrder.seen_in_mirror_at.is_(None), SalesOrder.state == OrderState.POSTED.value
            )
        ).all()
        listed = mirror.our_orders_listed(session, unseen)
        if listed:
            session.execute(
                update(SalesOrder).where(SalesOrder.number.in_(listed)).values(seen_in_mirror_at=now(session))
            )


def _hear_who_is_known_now(app: Munshi) -> None:
    """A quarantined sender whom the ERP's people name now is somebody: what he wrote is read."""
    with app.database.transaction() as session:
        known = session.scalars(
            select(Account.id)
            .join(Matter, Matter.account_id == Account.id)
            .where(
                Account.person_id.is_not(None),
                Matter.kind == MatterKind.UNKNOWN_SENDER.value,
                Matter.closed_at.is_(None),
            )
        ).all()
        for account_id in known:
            reference = f"account:{account_id}"
            matters.close_about(session, reference, kinds=[MatterKind.UNKNOWN_SENDER], by="munshi", reason="known now")
            read_now(session, account_id)
