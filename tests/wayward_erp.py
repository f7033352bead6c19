"""An ERP that can be told to misbehave in every way a real one does, and that counts what it made."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock

from erp.documents import BookedLine, Document, DocumentKind
from erp.port import (
    Batch,
    Capability,
    ErpDown,
    Finding,
    NotAuthorised,
    OutcomeUnknown,
    Posting,
    PostingState,
    Refused,
)
from store.clock import Clock

Act = Callable[["WaywardErp", Document], Posting]


class WaywardErp:
    """What it does with the next requests is queued in `acts`; with none left it books at once."""

    def __init__(self, clock: Clock, *, name: str = "main", settles_in: timedelta = timedelta(seconds=20)) -> None:
        self.name = name
        self.settles_in = settles_in
        self.patience = timedelta(seconds=2)
        self.capabilities = frozenset(
            {
                Capability.CREATE_ORDER,
                Capability.CHANGE_ORDER,
                Capability.CANCEL_ORDER,
                Capability.ANSWERS_LATER,
            }
        )
        self.clock = clock
        self.acts: deque[Act] = deque()
        self.made: list[str] = []
        """The numbers it made a document of, one entry for each."""
        self.requests: list[str] = []
        self.look_ups: list[str] = []
        self.coming: list[tuple[datetime, str]] = []
        """What it will make later, by itself."""
        self.answers: dict[str, Posting] = {}
        self.booked: dict[str, tuple[BookedLine, ...]] = {}
        """What it says it holds of an order, where it says so."""
        self.look_up_fails: deque[Exception] = deque()
        self._lock = Lock()

    # --- the port ---

    def check(self) -> Sequence[Finding]:
        return []

    def pull(self, since: Mapping[str, str]) -> Iterator[Batch]:
        return iter(())

    def find(self, kind: DocumentKind, number: str, *, party: str) -> Posting | None:
        self.look_ups.append(number)
        if self.look_up_fails:
            raise self.look_up_fails.popleft()
        found = self._booked(number) if number in self.made else None
        # What was on its way arrives just after we looked.
        self.tick()
        return found

    def post(self, document: Document) -> Posting:
        self.requests.append(document.number)
        act = self.acts.popleft() if self.acts else booked
        return act(self, document)

    def results(self, numbers: Collection[str]) -> Iterator[Posting]:
        return iter([self.answers[number] for number in numbers if number in self.answers])

    # --- what it does ---

    def make(self, number: str) -> Posting:
        with self._lock:
            self.made.append(number)
        return self._booked(number)

    def tick(self) -> None:
        """Whatever is due to be made is made."""
        ripe = [entry for entry in self.coming if entry[0] <= self.clock.now()]
        for entry in ripe:
            self.coming.remove(entry)
            self.make(entry[1])

    def _booked(self, number: str) -> Posting:
        return Posting(
            number=number, state=PostingState.POSTED, erp_number=f"E-{number}", booked=self.booked.get(number)
        )


def booked(erp: WaywardErp, document: Document) -> Posting:
    return erp.make(document.number)


def accepted(erp: WaywardErp, document: Document) -> Posting:
    erp.made.append(document.number)
    return Posting(number=document.number, state=PostingState.ACCEPTED)


def times_out_before(erp: WaywardErp, document: Document) -> Posting:
    raise OutcomeUnknown("no answer within 2 s")


def times_out_after(erp: WaywardErp, document: Document) -> Posting:
    erp.make(document.number)
    raise OutcomeUnknown("no answer within 2 s")


def acts_late(after: timedelta) -> Act:
    def act(erp: WaywardErp, document: Document) -> Posting:
        erp.coming.append((erp.clock.now() + after, document.number))
        raise OutcomeUnknown("no answer within 2 s")

    return act


def is_down(erp: WaywardErp, document: Document) -> Posting:
    raise ErpDown("connection refused")


def is_busy(erp: WaywardErp, document: Document) -> Posting:
    raise ErpDown("429 too many requests", retry_after=timedelta(seconds=7))


def locks_us_out(erp: WaywardErp, document: Document) -> Posting:
    raise NotAuthorised("bad key")


def refuses(erp: WaywardErp, document: Document) -> Posting:
    raise Refused("Customer C001 is frozen")


def breaks(erp: WaywardErp, document: Document) -> Posting:
    raise KeyError("orderNumber")
