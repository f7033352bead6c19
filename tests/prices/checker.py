"""The independent checker: from the posted documents and the files alone, what should never have been posted.

It knows nothing of the product: prices, schemes, floors, rights and exposure are worked out a second time, in the
order in which orders were confirmed, each with the files as they stood at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.prices.book import Book, Library
from tests.prices.case import Case, Given
from tests.prices.exposure import over_limit
from tests.prices.papers import Json, Line, Paper, Papers, amended
from tests.prices.said import Amended, Record, SeenLine
from tests.prices.wrong import Objection, Wrong

INDIA = ZoneInfo("Asia/Kolkata")


@dataclass(kw_only=True)
class Checker:
    """Reads what is posted and says what is wrong with it."""

    library: Library
    record: Record | None = None
    zone: ZoneInfo = INDIA

    def objections(self, papers: Papers) -> list[Objection]:
        """Everything wrong with all that is posted, oldest first."""
        given, cancelled = Given(), papers.cancelled()
        found = _twice(papers.orders)
        used: set[tuple[int, int]] = set()
        cases: dict[str, Case] = {}
        for paper, touched in self._versions(papers):
            case = Case(
                paper=paper,
                book=self.library.at(paper.confirmed_at),
                record=self.record,
                zone=self.zone,
                given=given,
                used=used,
                touched=touched,
            )
            if paper.number in cases:
                cases[paper.number].takes_back()
            cases[paper.number] = case
            found += case.objections(gives_back=paper.number in cancelled)
            if why := over_limit(self.library, papers, paper, self.record, self.zone, before=touched is not None):
                found.append(Objection(wrong=Wrong.CREDIT, order=paper.number, why=why))
        found += self._unconfirmed(papers)
        return found

    def _versions(self, papers: Papers) -> list[tuple[Paper, frozenset[int] | None]]:
        """Each order as it was confirmed and as each change made it, by the moment of the yes."""
        found: list[tuple[Paper, frozenset[int] | None]] = [(paper, None) for paper in papers.orders]
        now = {paper.number: paper for paper in papers.orders}
        for change in papers.changes:
            if change["order"] in now:
                yes = self._amendment(change["order"], change["revision"])
                before = now[change["order"]]
                now[change["order"]], touched = amended(before, change, yes.at if yes else before.confirmed_at)
                found.append((now[change["order"]], touched))
        return sorted(found, key=lambda one: (one[0].confirmed_at, one[0].number))

    def _amendment(self, order: str, revision: int) -> Amended | None:
        said = self.record.amended if self.record else ()
        return next((one for one in said if (one.order, one.revision) == (order, revision)), None)

    def _unconfirmed(self, papers: Papers) -> list[Objection]:
        """Each yes makes one order at most, and that as it was shown."""
        if self.record is None:
            return []
        left, found = list(self.record.yeses), []
        for paper in papers.orders:
            book = self.library.at(paper.confirmed_at)
            lines = sorted(_as_seen(book, line) for line in paper.paid)
            fits = next(
                (
                    yes
                    for yes in left
                    if yes.customer == paper.customer
                    and yes.by == paper.data["ordered_by"]
                    and yes.at <= paper.confirmed_at
                    and sorted(yes.lines) == lines
                ),
                None,
            )
            if fits is None:
                said = [[str(line) for line in yes.lines] for yes in left if yes.customer == paper.customer]
                why = f"{paper.data['ordered_by']} has {[str(line) for line in lines]}, confirmed were {said}"
                found.append(Objection(wrong=Wrong.UNCONFIRMED, order=paper.number, why=why))
            else:
                left.remove(fits)
        return found + [one for change in (*papers.changes, *papers.cancellations) for one in self._unseen(change)]

    def _unseen(self, change: Json) -> list[Objection]:
        """A change is what its sender saw: the amounts and prices of what it puts into the order."""
        yes = self._amendment(change["order"], change["revision"])
        if yes is None or yes.by != change["ordered_by"]:
            why = f"revision {change['revision']}: {change['ordered_by']} confirmed no such change"
            return [Objection(wrong=Wrong.UNCONFIRMED, order=change["order"], why=why)]
        told = yes.text.replace(",", "")
        return [
            Objection(wrong=Wrong.UNCONFIRMED, order=change["order"], line=one["line"], why=f"{one}: {told}")
            for one in change["diff"]
            if one["op"] != "remove"
            and not one.get("free")
            and not (f"{one['qty']} {one['uom']}" in told and f"₹{_figure(one['price'])}" in told)
        ]


def _figure(price: str) -> str:
    """As people are shown it: whole rupees without paise, else two places."""
    amount = Decimal(price)
    return str(amount.quantize(Decimal(1))) if amount == amount.to_integral_value() else f"{amount:.2f}"


def _as_seen(book: Book, line: Line) -> SeenLine:
    name = book.one("items", "sku", line.sku)["name"]
    return SeenLine(name=name, qty=line.qty, uom=line.uom, price=line.price)


def _twice(orders: Iterable[Paper]) -> list[Objection]:
    """Same number, or two orders of one firm out of the same messages with the same goods."""
    found, numbers, seen = [], set(), {}
    for paper in orders:
        if paper.number in numbers or paper.number != paper.name:
            found.append(Objection(wrong=Wrong.TWICE, order=paper.number, why=f"in {paper.name}.json"))
        numbers.add(paper.number)
        goods = tuple(sorted((line.sku, line.qty, line.uom) for line in paper.lines))
        key = (paper.customer, tuple(paper.data["message_ids"]), goods)
        if paper.data["message_ids"] and key in seen:
            found.append(Objection(wrong=Wrong.TWICE, order=paper.number, why=f"the same as {seen[key]}"))
        seen[key] = paper.number
    return found
