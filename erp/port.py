"""The port every ERP is reached through: what it hands over, what it takes, and how it may fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from erp.documents import BookedLine, Document, DocumentKind
from erp.records import Record, RecordKind


class Capability(StrEnum):
    """What an ERP can do; what is missing is said in `check` and, where it matters, in the chat."""

    CREATE_ORDER = "create_order"
    CHANGE_ORDER = "change_order"
    CANCEL_ORDER = "cancel_order"
    CREDIT_FIGURES = "credit_figures"
    PRICE_LISTS = "price_lists"
    LOTS = "lots"
    ANSWERS_LATER = "answers_later"
    """A document may be accepted first and booked or refused afterwards; ask `results`."""
    TAKES_SIMULATED = "takes_simulated"
    """May receive what was typed into the console of a demonstration."""


class PostingState(StrEnum):
    """Queued or parked by the ERP, booked by it, refused by it: three different things to tell a customer."""

    ACCEPTED = "accepted"
    POSTED = "posted"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """What the ERP made of one document; `number` is ours, `reason` is in the ERP's own words."""

    number: str
    state: PostingState
    erp_number: str = ""
    reason: str = ""
    at: datetime | None = None
    booked: tuple[BookedLine, ...] | None = None
    """The lines of the order as the ERP holds it now, read back; None: it did not say, or not yet."""


class Level(StrEnum):
    """How bad a finding is: `check` fails on an error."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of `check`: what was looked at, what was found, what to do about it."""

    level: Level
    subject: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something wrong with handed-over data, where exactly, and what to do.

    `row` counts as a spreadsheet shows it, the header being 1; 0 is the whole listing.
    """

    source: str
    row: int = 0
    column: str = ""
    text: str
    remedy: str = ""
    skipped: bool = True
    """Whether the row (or the whole listing) could not be used."""

    @property
    def place(self) -> str:
        """File, row and column."""
        row = f" row {self.row}" if self.row else ""
        column = f" column {self.column}" if self.column else ""
        return f"{self.source}{row}{column}"

    def __str__(self) -> str:
        remedy = f" Remedy: {self.remedy}." if self.remedy else ""
        return f"{self.place}: {self.text}.{remedy}"


class Unreadable(Exception):  # noqa: N818
    """A listing that cannot be used as it stands; the previous state is kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class StillChanging(Exception):  # noqa: N818
    """The listing changed while it was read; nothing was wrong with it, ask again in a moment."""


MOST_PROBLEMS_KEPT = 200


@dataclass(kw_only=True, slots=True)
class Tally:
    """What was met while a listing was read; true only once `Batch.records` is used up."""

    stamp: str = ""
    """Handed back as `since` next time; opaque to all but the adapter."""
    rows: int = 0
    bad: int = 0
    spared: set[tuple[str, ...]] = field(default_factory=set)
    """Keys of bad rows: not read, and not gone either."""
    unidentified: int = 0
    """Bad rows whose very key cannot be read: any row that seems to have gone may be one of them."""
    problems: list[Problem] = field(default_factory=list)
    """The first ones only; `bad` counts all."""
    rows_of: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Where a row stands by its key, counted as a spreadsheet counts; empty where rows have no numbers."""
    expected: int | None = None
    """Rows there will be, as far as it can be told early; for progress."""

    def note(self, problem: Problem) -> None:
        """Keep a problem, unless there are very many already."""
        if len(self.problems) < MOST_PROBLEMS_KEPT:
            self.problems.append(problem)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Rows of one kind, read while they are iterated (once).

    A `complete` batch is the whole listing: what is not in it has left the ERP. Others add and change only.
    Iterating raises `Unreadable` or `StillChanging`; nothing of such a batch may be kept.
    """

    kind: RecordKind
    records: Iterable[Record]
    complete: bool
    tally: Tally = field(default_factory=Tally)

    @property
    def stamp(self) -> str:
        """The tally's."""
        return self.tally.stamp

    @property
    def problems(self) -> Sequence[Problem]:
        """The tally's."""
        return self.tally.problems


class ErpError(Exception):
    """The ERP did not do what was asked."""


class ErpDown(ErpError):  # noqa: N818
    """The ERP cannot be reached or is too busy; nothing was done. All its documents may be tried later."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OutcomeUnknown(ErpError):  # noqa: N818
    """The ERP may or may not have done it; look it up before anything else is tried."""


class Refused(ErpError):  # noqa: N818
    """The ERP refused this document for good; a person must look."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAuthorised(ErpError):  # noqa: N818
    """The ERP does not let us in, or not do this; nothing was done. It all waits for a person."""


class Erp(Protocol):
    """A system of record.

    Every call ends within `patience`, by an answer or by one of the errors above; anything else it raises
    counts as `OutcomeUnknown`.
    """

    @property
    def name(self) -> str:
        """Under which its documents and its mirror are kept."""

    @property
    def settles_in(self) -> timedelta:
        """How long after a request it may still act on it; only after that does a look-up prove absence."""

    @property
    def patience(self) -> timedelta:
        """The longest any one call takes."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do; what is not named here is never asked of it."""

    def check(self) -> Sequence[Finding]:
        """What is missing on its side, in words an ERP consultant can act on. Never raises `ErpError`."""

    def pull(self, since: Mapping[str, str]) -> Iterator[Batch]:
        """What changed since these stamps (by kind; none: everything). Raises ErpDown, NotAuthorised."""

    def find(self, kind: DocumentKind, number: str, *, party: str) -> Posting | None:
        """The document with our number, or None when it is not there (yet). Raises ErpDown, NotAuthorised.

        `party` is empty when we do not know whose it is, as for numbers that a restore made us forget.
        """

    def post(self, document: Document) -> Posting:
        """Hand a document over. Raises ErpDown, NotAuthorised (nothing done), Refused, OutcomeUnknown."""

    def results(self, numbers: Collection[str]) -> Iterator[Posting]:
        """What became of accepted documents, for those of our numbers that have an answer. Raises ErpDown."""
