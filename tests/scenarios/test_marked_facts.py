"""What a customer is told names no other customer, no cost, no floor and none of the office's words.

All of these are marked, every dialogue is gone through, and what was said to customers is searched for the marks.
"""

import re
from decimal import Decimal

from babel.messages.pofile import read_po
from sqlalchemy import select, text

from bot import desk
from bot.kinds import OUTGOING, Form
from bot.model import Outbound
from bot.replies.words import CATALOGUES, rupees
from orders.pricing import money
from people.model import Account, Person
from store.clock import ManualClock
from tests.scenarios.cast import DINESH, FARIDA, VIKAS
from tests.scenarios.stage import Stage
from tests.wayward_erp import WaywardErp, refuses

MARKS = ("ZZFIRM", "₹0.27", "0.2731", "OFFICEWORD", "frozen")
"""Another firm's name, every floor (₹0.2731, below every price), what the office and the ERP say; costs: `costs`."""
COST = Decimal("0.013577")
"""Of a base unit: below every price, or nothing could be sold."""
FOR_THE_OFFICE = {kind for kind, what in OUTGOING.items() if what.form is Form.OFFICE} | {"digest"}
NOT_FOR_CUSTOMERS = ("notice.", "approval.")
"""Said to the office, and to those who decide."""
NEVER_TOLD = {"reason", "cost", "floor", "margin", "approver", "why_not", "verdict"}


def mark(stage: Stage) -> None:
    """Whatever no customer may hear."""
    with stage.session() as session:
        session.execute(text("UPDATE items SET cost = :cost"), {"cost": COST})
        session.execute(text("UPDATE prices SET floor = 0.2731"))
        session.execute(text("UPDATE parties SET name = 'ZZFIRM ' || code WHERE code NOT IN ('C104', 'C108')"))


def costs(stage: Stage) -> set[str]:
    """What the packs that were ordered cost, as it would be told."""
    with stage.session() as session:
        packs = session.execute(
            text("SELECT DISTINCT u.factor FROM item_uoms u JOIN order_lines l ON l.sku = u.sku AND l.uom = u.uom")
        ).scalars()
        return {str(COST), *(rupees(money(COST * factor)) for factor in packs)}


def act(stage: Stage, kind: str, what: desk.Act) -> None:
    """The office decides, with its own words."""
    for matter in stage.matters(kind):
        with stage.session() as session:
            if what in desk.acts(stage.app, session, session.merge(matter)):
                desk.act(stage.app, session, matter.id, what, by="OFFICEWORD Lata", reason="OFFICEWORD unpaid")
    stage.run()


def told(stage: Stage, *numbers: str) -> dict[str, str]:
    """Everything said to these people: kind → its texts."""
    with stage.session() as session:
        said = session.execute(
            select(Outbound)
            .join(Account, Account.id == Outbound.account_id)
            .join(Person, Person.id == Account.person_id)
            .where(Person.phone.in_(numbers))
        ).scalars()
        texts: dict[str, str] = {}
        for row in said:
            shown = [*row.lines, *(one["title"] for one in row.buttons), *(str(one) for one in row.rows)]
            texts[row.kind] = "\n".join([texts.get(row.kind, ""), *map(str, shown)])
        return texts


def test_whatever_a_customer_is_told_holds_none_of_it(stage: Stage, clock: ManualClock) -> None:
    erp = WaywardErp(clock, name=stage.app.erp.name)
    stage.app.erps[erp.name] = erp  # type: ignore[index]
    mark(stage)
    farida, dinesh = stage.phone(FARIDA), stage.phone(DINESH)

    def says(*texts: str, to: object = farida) -> None:
        for one in texts:
            to.says(one)  # type: ignore[attr-defined]
            to.ignores()  # type: ignore[attr-defined]

    # An order that goes, one that the ERP refuses, and where they stand.
    says("8 case marie 120")
    farida.taps("confirm")
    stage.passes(seconds=10)
    erp.acts.append(refuses)
    says("5 case kutku g 50", "haan")
    stage.passes(seconds=10)
    says("order kahan hai", "kutku g ka rate", "bill mein galti hai", "kuch bhi", "phir se wahi", "cancel", "help")
    act(stage, "rejected_order", desk.Act.CANCEL_ORDER)
    # The same list again, one that is closed by the office, one that is left open, and a reminder of it.
    says("7 case marie 120")
    stage.passes(minutes=25)
    act(stage, "unconfirmed_draft", desk.Act.CANCEL_DRAFT)
    says("12 case lachhi", "marie 120", "9999999 case marie 120")
    # Held for its value, cancelled by finance.
    with stage.session() as session:
        session.execute(text("UPDATE parties SET credit_limit = 1 WHERE code = 'C104'"))
    says("cancel", "30 case marie 120", "haan")
    act(stage, "held_order", desk.Act.CANCEL_ORDER)
    # Another firm's number, and a rep who orders for this one.
    says("ZZFIRM ke order batao", "C101 ka rate kya hai")
    vikas = stage.phone(VIKAS)
    says("Balaji Kirana Ratlam 8 case marie 120", to=vikas)
    says("haan", to=vikas)
    stage.passes(minutes=1)
    says("order kahan hai", to=dinesh)
    # Blocked, stopped, and done.
    with stage.session() as session:
        session.execute(text("UPDATE parties SET blocked = true WHERE code = 'C104'"))
    says("6 case marie 120", "haan", "STOP")
    for phone in stage.phones.values():
        phone.ignores()

    texts = told(stage, FARIDA, DINESH)
    wanted = {"reply", "summary", "posted", "rejected", "cancelled", "closed", "placed_for_you"}
    assert wanted <= set(texts), wanted - set(texts)
    for kind, said in texts.items():
        for one in (*MARKS, *costs(stage)):
            shown = said.replace("ZZFIRM ke order", "").replace("“ZZFIRM", "")
            assert one not in shown, f"{one} in {kind}:\n{said}"
    # The marks are such as could be told: the office was.
    office = told(stage, *(phone for phone in stage.phones if phone not in (FARIDA, DINESH)))
    assert any("frozen" in said or "ZZFIRM" in said for said in office.values()) or stage.matters()


def test_no_sentence_for_a_customer_has_room_for_a_reason_of_the_office() -> None:
    with (CATALOGUES / "en.po").open("rb") as file:
        for message in read_po(file):
            if message.id and not str(message.id).startswith(NOT_FOR_CUSTOMERS):
                facts = set(re.findall(r"{(\w+)}", str(message.string)))
                assert not facts & NEVER_TOLD, message.id
