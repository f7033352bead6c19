"""How sure the figures of a roll-out are, and who may go live by the thresholds written down here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from orders.comparison import Verdict
from orders.rollout import OfDay

Z = 1.959964
"""Of a two-sided interval that holds 95 times in a hundred."""

LEAST_LINES, LEAST_DAYS = 40, 6
MOST_WRONG, MOST_LOST, MOST_ASKED = 0.02, 0.02, 0.25
MOST_WRONG_POSSIBLE = 0.10
"""The upper end of the interval of the wrong ones: with few lines none may be wrong by luck."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Lines by what would have come of them, on so many days."""

    right: int = 0
    wrong: int = 0
    asked: int = 0
    lost: int = 0
    days: int = 0

    @property
    def lines(self) -> int:
        return self.right + self.wrong + self.asked + self.lost

    def __add__(self, other: "Score") -> "Score":
        """Of lines of other days."""
        return Score(
            right=self.right + other.right,
            wrong=self.wrong + other.wrong,
            asked=self.asked + other.asked,
            lost=self.lost + other.lost,
            days=self.days + other.days,
        )

    def share(self, verdict: Verdict) -> float | None:
        """Of all lines; None without any."""
        return None if not self.lines else int(getattr(self, verdict.value)) / self.lines

    def interval(self, verdict: Verdict) -> tuple[float, float] | None:
        """Between which shares the truth lies, 95 times in a hundred."""
        return None if not self.lines else wilson(int(getattr(self, verdict.value)), self.lines)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The score interval of E. B. Wilson, "Probable inference", JASA 22 (1927); it holds for few and for none too."""
    share, spread = hits / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def score(lines: Iterable[OfDay]) -> Score:
    """Count them."""
    counted = dict.fromkeys(Verdict, 0)
    days = set()
    for line in lines:
        counted[line.line.verdict] += 1
        days.add(line.day)
    return Score(**{verdict.value: number for verdict, number in counted.items()}, days=len(days))


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def by_week(lines: Iterable[OfDay]) -> dict[date, Score]:
    """The scores by the Monday of each week, oldest first."""
    weeks: dict[date, list[OfDay]] = {}
    for line in lines:
        weeks.setdefault(week_of(line.day), []).append(line)
    return {week: score(weeks[week]) for week in sorted(weeks)}


class Hindrance:
    """What keeps a customer from going live, in the words of the page."""

    LINES = f"fewer than {LEAST_LINES} lines"
    DAYS = f"fewer than {LEAST_DAYS} days with orders"
    WRONG = f"more than {100 * MOST_WRONG:.0f} % wrong"
    WRONG_POSSIBLE = f"wrong may be more than {100 * MOST_WRONG_POSSIBLE:.0f} % (upper end of the interval)"
    LOST = f"more than {100 * MOST_LOST:.0f} % lost"
    ASKED = f"more than {100 * MOST_ASKED:.0f} % asked"


def hindrances(found: Score) -> tuple[str, ...]:
    """Why a customer is not ready to go live; none: ready, as far as figures can tell."""
    few = [(found.lines < LEAST_LINES, Hindrance.LINES), (found.days < LEAST_DAYS, Hindrance.DAYS)]
    if not found.lines:
        return (Hindrance.LINES,)
    _, wrong_at_most = wilson(found.wrong, found.lines)
    many_wrong = found.wrong > MOST_WRONG * found.lines
    checks = [
        *few,
        (many_wrong, Hindrance.WRONG),
        (not many_wrong and wrong_at_most > MOST_WRONG_POSSIBLE, Hindrance.WRONG_POSSIBLE),
        (found.lost > MOST_LOST * found.lines, Hindrance.LOST),
        (found.asked > MOST_ASKED * found.lines, Hindrance.ASKED),
    ]
    return tuple(text for holds, text in checks if holds)
