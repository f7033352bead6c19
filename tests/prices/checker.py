"""The independent checker: from the posted documents and the files alone, what should never have been posted.

It knows nothing of the product: prices, schemes, floors, rights and exposure are worked out a second time, in the
order in which orders were confirmed, each with the files as they stood at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tests.prices.book import Book, Library
from tests.prices.case import Case, Given
from tests.prices.exposure import over_limit
from tests.prices.papers import Line, Paper, Papers
from tests.prices.said import Record, SeenLine
from tests.prices.wrong import Objection, Wrong

INDIA = ZoneInfo("Asia/Kolkata")


@dataclass(kw_only=True)
class Checker:
    """Reads what is posted and says what is wrong with it."""

    library: Library
    record: Record | None = None
    zone: ZoneInfo = INDIA

    def objections(self, papers: Papers) -> list[Objection]:
        """Everything wrong with all that is posted, oldest order first."""
        given, cancelled = Given(), papers.cancelled()
        found = _twice(papers.orders)
        used: set[tuple[int, int]] = set()
        for paper in papers.orders:
            case = Case(
                paper=paper,
                book=self.library.at(paper.confirmed_at),
                record=self.record,
                zone=self.zone,
                given=given,
                used=used,
            )
            found += case.objections(gives_back=paper.number in cancelled)
            if why := over_limit(self.library, papers, paper, self.record, self.zone):
                found.append(Objection(wrong=Wrong.CREDIT, order=paper.number, why=why))
        found += self._unconfirmed(papers)
        return found

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
                why = f"{paper.data['ordered_by']} confirmed no {[str(line.price) for line in paper.paid]}"
                found.append(Objection(wrong=Wrong.UNCONFIRMED, order=paper.number, why=why))
            else:
                left.remove(fits)
        return found


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
