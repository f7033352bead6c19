"""The figures of the page *Roll-out*: compared once for each state of the data, and remembered by this process."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlalchemy.orm import Session

from bot.app import Munshi
from orders import shadow
from orders.readiness import Score, by_week

REMEMBERED = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Of one customer: the scores of its weeks, the days not yet compared, the orders that came another way."""

    weeks: Mapping[date, Score] = field(default_factory=dict)
    waiting: int = 0
    other_ways: int = 0

    @property
    def score(self) -> Score:
        """All weeks together."""
        return sum(self.weeks.values(), Score())


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """Of every customer that wrote in shadow."""

    customers: Mapping[str, Figures]
    known_until: date | None
    unnamed: int

    @property
    def weeks(self) -> list[tuple[date, Score]]:
        """Of all customers, oldest first."""
        together: dict[date, Score] = {}
        for figures in self.customers.values():
            for week, counted in figures.weeks.items():
                together[week] = together.get(week, Score()) + counted
        return sorted(together.items())


_found: OrderedDict[tuple[object, ...], Rollout] = OrderedDict()
_lock = Lock()


def figures(munshi: Munshi, session: Session, *, since: date, until: date) -> Rollout:
    """The figures of these days; whoever comes second to the same state of the data does not wait for them."""
    key = (munshi.database.url, since, until, *shadow.state(session, since=since, until=until))
    with _lock:
        if key not in _found:
            _found[key] = _compare(munshi, session, since=since, until=until)
            while len(_found) > REMEMBERED:
                _found.popitem(last=False)
        _found.move_to_end(key)
        return _found[key]


def _compare(munshi: Munshi, session: Session, *, since: date, until: date) -> Rollout:
    erp, timezone = munshi.erp.name, munshi.settings.timezone
    return Rollout(
        customers={
            code: Figures(
                weeks=by_week(comparison.lines),
                waiting=len(comparison.waiting),
                other_ways=comparison.other_ways,
            )
            for code, comparison in shadow.compared(session, erp, since=since, until=until, timezone=timezone)
        },
        known_until=shadow.known_until(session, erp, timezone=timezone),
        unnamed=shadow.unnamed(session, since=since, until=until),
    )
