"""What came of a run: the script against the stand-ins' own records; the product's database is not asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.faults.bubbles_read import Seen
from tests.faults.people import Held
from tests.faults.plant import Firm, Plant
from tests.faults.script import Ending, Fate, Script, Talk

Event = Mapping[str, Any]
STILL_TO_COME = "will be posted"
LineKey = tuple[str, str, Decimal, str, Decimal]
"""Customer, SKU, quantity, UoM and price of one order line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """All that the judgement rests on."""

    script: Script
    held: Sequence[Held]
    twilio: Sequence[Event]
    erp_orders: Sequence[Mapping[str, Any]]
    kills: int


@dataclass(kw_only=True, slots=True)
class Verdict:
    """The figures, and in `findings` everything that is wrong, in words."""

    messages: int = 0
    webhooks: int = 0
    webhooks_lost: int = 0
    bubbles: int = 0
    expected: int = 0
    in_erp: int = 0
    lines: int = 0
    lost: int = 0
    doubled: int = 0
    untold: int = 0
    repeats: int = 0
    untrue: int = 0
    asked: int = 0
    """Questions about what was said plainly, and once."""
    troubled: int = 0
    refused_by_twilio: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.findings


def judge(records: Records) -> Verdict:
    """Compare what was meant with what the ERP holds and what people were told."""
    verdict = Verdict()
    _count_traffic(records, verdict)
    _judge_orders(records, verdict)
    _judge_talks(records, verdict)
    _judge_words(records, verdict)
    return verdict


def _count_traffic(records: Records, verdict: Verdict) -> None:
    kinds = Counter(event["kind"] for event in records.twilio)
    verdict.messages, verdict.webhooks, verdict.bubbles = kinds["said"], kinds["webhook"], kinds["message"]
    answered = {event["sid"] for event in records.twilio if event["kind"] == "webhook" and event["answer"] == 200}
    said = {event["sid"] for event in records.twilio if event["kind"] == "said"}
    verdict.webhooks_lost = len(said - answered)
    for event in records.twilio:
        if event["kind"] in ("refused", "failed"):
            verdict.refused_by_twilio[event["code"]] += 1
            verdict.findings.append(f"Twilio refused a message: {event['code']} {event['text']}")


# --- the ERP's record


def _judge_orders(records: Records, verdict: Verdict) -> None:
    expected = [
        order_lines(records.script.plant, conversation.firm, talk)
        for conversation in records.script.conversations
        for talk in conversation.talks
        if talk.fate is Fate.ORDERED
    ]
    found = [erp_lines(order) for order in records.erp_orders]
    verdict.expected, verdict.in_erp = len(expected), len(found)
    verdict.lines = sum(len(lines) for lines in found)
    wanted, there = Counter(expected), Counter(found)
    for lines, count in (wanted - there).items():
        verdict.lost += count
        verdict.findings.append(f"lost: {_order_in_words(lines)}")
    for lines, count in (there - wanted).items():
        verdict.doubled += count
        verdict.findings.append(f"in the ERP and not meant, or once too often: {_order_in_words(lines)}")
    numbers = Counter(order["document"]["number"] for order in records.erp_orders)
    for number, count in numbers.items():
        if count > 1:
            verdict.findings.append(f"the ERP holds {count} orders under our number {number}")


def order_lines(plant: Plant, firm: Firm, talk: Talk) -> frozenset[LineKey]:
    """The lines of the order a talk means, at the script's own prices."""
    return frozenset(
        (
            firm.code,
            one.goods.sku,
            one.quantity,
            one.uom,
            plant.price_of(firm, one.goods, one.quantity, one.uom),
        )
        for one in talk.meant
    )


def erp_lines(order: Mapping[str, Any]) -> frozenset[LineKey]:
    """The lines of an order as the ERP has them; one that stands twice is marked and matches none."""
    document = order["document"]
    lines = Counter(
        (document["customer"], line["sku"], Decimal(line["qty"]), line["uom"], Decimal(line["price"]))
        for line in document["lines"]
    )
    marked = {
        (customer, sku if count == 1 else f"{sku} ×{count}", quantity, uom, price)
        for (customer, sku, quantity, uom, price), count in lines.items()
    }
    return frozenset(marked)


def _order_in_words(lines: Iterable[LineKey]) -> str:
    ordered = sorted(lines)
    words = ", ".join(f"{quantity} {uom} {sku} at {price}" for _, sku, quantity, uom, price in ordered[:5])
    return f"{ordered[0][0] if ordered else '?'}: {words}" + (" …" if len(ordered) > 5 else "")


# --- what people went through


def _judge_talks(records: Records, verdict: Verdict) -> None:
    talks = sum(len(conversation.talks) for conversation in records.script.conversations)
    if len(records.held) != talks:
        # First: what they were to order counts as lost, and is not.
        verdict.findings.insert(0, f"{talks - len(records.held)} of {talks} talks did not end in time")
    for held in records.held:
        if held.trouble:
            verdict.troubled += 1
            verdict.findings.append(f"conversation {held.conversation}, {held.talk.buyer.name}: {held.trouble}")
        if held.talk.fate is Fate.ORDERED and not held.told_number:
            verdict.untold += 1
            verdict.findings.append(
                f"conversation {held.conversation}: {held.talk.buyer.name} was not told the order's number"
            )
        if held.talk.fate is not Fate.ORDERED and held.told_number:
            verdict.findings.append(
                f"conversation {held.conversation}: told {held.told_number} though nothing was to be ordered"
            )


# --- what people were told


def _judge_words(records: Records, verdict: Verdict) -> None:
    firms = {buyer.address: firm for firm in records.script.plant.firms for buyer in firm.buyers}
    orders = {order["erp_number"]: order for order in records.erp_orders}
    told: Counter[tuple[str, str]] = Counter()
    posted: set[tuple[str, str]] = set()
    for event in records.twilio:
        if event["kind"] != "message" or event["to"] not in firms:
            continue
        seen, firm = Seen.of(event), firms[event["to"]]
        for untruth in _untruths(records.script.plant, firm, seen, orders, event):
            verdict.untrue += 1
            verdict.findings.append(f"{firm.code} was told something untrue: {untruth}")
        for number in seen.our_numbers:
            if seen.posted_numbers:
                posted.add((seen.to, number))
            elif (seen.to, number) in posted and STILL_TO_COME in seen.body:
                verdict.untrue += 1
                verdict.findings.append(f"{firm.code} was told that {number} is to be posted after it was")
        if seen.choice("pick"):
            verdict.asked += 1
            verdict.findings.append(f"{firm.code} was asked about what was said plainly: {seen.body!r}")
        for number in seen.posted_numbers:
            told[event["to"], number] += 1
    verdict.repeats = sum(count - 1 for count in told.values())
    if verdict.repeats > records.kills:
        verdict.findings.append(f"{verdict.repeats} repeated order numbers for {records.kills} kills")


def _untruths(
    plant: Plant, firm: Firm, seen: Seen, orders: Mapping[str, Mapping[str, Any]], event: Event
) -> Iterable[str]:
    goods = {one.name: one for one in (*plant.goods, plant.forbidden)}
    for line in seen.lines:
        one = goods.get(line.name)
        if one is None:
            yield f"there is no {line.name!r}"
        elif plant.price_of(firm, one, line.quantity, line.uom) != line.price:
            yield f"{line.quantity} {line.uom} {line.name} at {line.price}"
        elif line.quantity * line.price != line.value:
            yield f"{line.quantity} × {line.price} = {line.value}"
    for number in seen.erp_numbers:
        order = orders.get(number)
        if order is None or order["document"]["customer"] != firm.code:
            yield f"order {number}, which the ERP does not hold for this firm"
        elif datetime.fromisoformat(order["at"]) > datetime.fromisoformat(event["on"]):
            yield f"order {number} before the ERP had it"
        elif not seen.our_numbers <= {order["document"]["number"]}:
            yield f"order {number} under another number of ours than the ERP's"
        elif seen.posted_numbers and Decimal(order["document"]["total"]) not in seen.amounts():
            yield f"order {number} with another total than the ERP's"


# --- in figures


def as_text(verdict: Verdict, script: Script) -> str:
    """The figures, counted from the stand-ins' and the ERP's own records."""
    shares = Counter(
        "cancelled" if talk.ending is Ending.CANCEL else talk.fate.value
        for conversation in script.conversations
        for talk in conversation.talks
    )
    rows = [
        ("conversations", len(script.conversations)),
        ("  edited", sum(conversation.edited for conversation in script.conversations)),
        ("  cancelled", shares["cancelled"]),
        ("  refused by the ERP", shares["refused"]),
        ("  from two phones of a firm", sum(len(one.talks) > 1 for one in script.conversations)),
        ("messages sent by people", verdict.messages),
        ("webhooks delivered", verdict.webhooks),
        ("messages no webhook got through for", verdict.webhooks_lost),
        ("bubbles people received", verdict.bubbles),
        ("orders expected", verdict.expected),
        ("orders in the ERP", verdict.in_erp),
        ("lines in the ERP", verdict.lines),
        ("lost", verdict.lost),
        ("doubled or not meant", verdict.doubled),
        ("not told their number", verdict.untold),
        ("numbers told again", verdict.repeats),
        ("untrue statements", verdict.untrue),
        ("needless questions", verdict.asked),
        ("talks in trouble", verdict.troubled),
        ("refused by Twilio", sum(verdict.refused_by_twilio.values())),
    ]
    return "\n".join(f"{name:<38}{figure:>8}" for name, figure in rows)
