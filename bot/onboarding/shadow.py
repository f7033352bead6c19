"""The shadow run: exported chats read as they would be now, beside what was keyed; by customer, worst days first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from bot.onboarding.chat_days import OfCustomer
from bot.onboarding.learning import keyed_line
from bot.onboarding.masking import masked
from erp.records import plain
from orders.comparison import Compared, ReadLine, Verdict

WORST = 20
LONGEST_TEXT = 600
# What a wrong line costs beside a question.
WEIGHTS: Mapping[Verdict, int] = {Verdict.WRONG: 5, Verdict.LOST: 3, Verdict.ASKED: 1, Verdict.RIGHT: 0}


@dataclass(kw_only=True, slots=True)
class Figures:
    """One customer's lines, and his days with and without an order in the ERP."""

    code: str
    days: int = 0
    without_an_order: int = 0
    """Days on which an order was read and none was keyed: nothing to compare with."""
    other_ways: int = 0
    """Orders near which nothing was written."""
    counts: Counter[Verdict] = field(default_factory=Counter)

    def as_json(self, name: str) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": name,
            "days": self.days,
            "without_an_order": self.without_an_order,
            "other_ways": self.other_ways,
            **{verdict.value: self.counts[verdict] for verdict in Verdict},
        }


def shadow_run(customers: Iterable[OfCustomer], names: Mapping[str, str]) -> dict[str, Any]:
    """The outcome: figures of every customer and the days that went worst, each with its lines and why."""
    figures: list[dict[str, Any]] = []
    judged: list[tuple[int, dict[str, Any]]] = []
    for of in customers:
        name = names.get(of.party_code, "")
        mine = Figures(code=of.party_code, other_ways=of.comparison.other_ways)
        for day, lines in groupby(of.comparison.lines, key=lambda one: one.day):
            compared = [one.line for one in lines]
            if not any(one.keyed for one in compared):
                mine.without_an_order += 1
                continue
            mine.days += 1
            mine.counts.update(one.verdict for one in compared)
            cost = sum(WEIGHTS[one.verdict] for one in compared)
            if cost:
                judged.append((cost, _day(of, day, compared, name)))
        figures.append(mine.as_json(name))
    judged.sort(key=lambda one: (-one[0], one[1]["day"], one[1]["code"]))
    return {"customers": figures, "worst": [day for _, day in judged[:WORST]]}


def _day(of: OfCustomer, day: date, compared: Sequence[Compared], name: str) -> dict[str, Any]:
    written = of.written[day]
    text = "\n".join(one.message.text or "(no text)" for one in written)
    places = ", ".join(f"{one.chat} row {one.message.row}" for one in written[:3])
    order = list(WEIGHTS)
    return {
        "code": of.party_code,
        "name": name,
        "day": day.isoformat(),
        "place": masked(places),
        "text": masked(text)[:LONGEST_TEXT],
        "lines": [_line(one) for one in sorted(compared, key=lambda one: order.index(one.verdict))],
    }


def _line(one: Compared) -> dict[str, str]:
    return {
        "verdict": one.verdict.value,
        "reason": one.reason.value,
        "said": masked(one.read.text) if one.read else "",
        "read": _as_read(one.read) if one.read else "",
        "keyed": keyed_line(one.keyed) if one.keyed else "",
    }


def _as_read(line: ReadLine) -> str:
    amount = f"{plain(line.quantity)} {line.uom or ''}".strip() if line.quantity is not None else "?"
    item = line.sku or (f"one of {', '.join(line.choices[:4])}" if line.choices else "nothing known")
    return f"{amount} {item}"
