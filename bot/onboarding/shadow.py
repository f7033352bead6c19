"""The shadow run: exported chats read as they would be now, beside what was keyed; by customer, worst days first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.onboarding.chat_days import ChatDay
from bot.onboarding.learning import keyed_line
from bot.onboarding.masking import masked
from erp.records import plain
from orders.comparison import Compared, ReadLine, Verdict, compare

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
    counts: Counter[Verdict] = field(default_factory=Counter)

    def as_json(self, name: str) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": name,
            "days": self.days,
            "without_an_order": self.without_an_order,
            **{verdict.value: self.counts[verdict] for verdict in Verdict},
        }


def shadow_run(days: Iterable[ChatDay], names: Mapping[str, str]) -> dict[str, Any]:
    """The outcome: figures of every customer and the days that went worst, each with its lines and why."""
    figures: dict[str, Figures] = {}
    judged: list[tuple[int, dict[str, Any]]] = []
    for day in days:
        of = figures.setdefault(day.party_code, Figures(code=day.party_code))
        if not day.keyed:
            of.without_an_order += 1
            continue
        compared = compare(day.read, day.keyed)
        of.days += 1
        of.counts.update(one.verdict for one in compared)
        cost = sum(WEIGHTS[one.verdict] for one in compared)
        if cost:
            judged.append((cost, _day(day, compared, names.get(day.party_code, ""))))
    judged.sort(key=lambda one: (-one[0], one[1]["day"], one[1]["code"]))
    return {
        "customers": [of.as_json(names.get(code, "")) for code, of in sorted(figures.items())],
        "worst": [day for _, day in judged[:WORST]],
    }


def _day(day: ChatDay, compared: Sequence[Compared], name: str) -> dict[str, Any]:
    text = "\n".join(one.message.text for one in day.written)
    places = ", ".join(f"{one.chat} row {one.message.row}" for one in day.written[:3])
    order = list(WEIGHTS)
    return {
        "code": day.party_code,
        "name": name,
        "day": day.day.isoformat(),
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
