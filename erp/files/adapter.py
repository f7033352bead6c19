"""The plain-file ERP behind the port."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta, tzinfo
from enum import StrEnum
from pathlib import Path

import structlog

from erp.documents import Document, DocumentKind
from erp.files.booked import booked_lines
from erp.files.folder import DEFAULT_ZONE
from erp.files.reader import FileReader
from erp.files.references import References
from erp.files.results import BadResult, Results
from erp.files.tables import KEY_COLUMNS, TABLES, Table
from erp.files.watch import SETTLES_IN, Watch
from erp.files.writer import Writer
from erp.port import (
    Batch,
    Capability,
    ErpDown,
    Finding,
    Level,
    Posting,
    PostingState,
    Problem,
    StillChanging,
    Tally,
    Unreadable,
)
from erp.records import Record

log = structlog.get_logger()

ABSENT = "absent"
DEMO = Path(__file__).resolve().parents[2] / "demo" / "plant"


class Answer(StrEnum):
    """Who says that a document is posted: we ourselves, once its file is written, or the other side."""

    SELF = "self"
    RESULTS = "results"


def answer_mode(folder: Path, setting: str = "") -> Answer:
    """`FILES_ANSWER`, or its default: `self` for the demo folder and where there is no folder for answers."""
    if setting:
        return Answer(setting)
    is_demo = folder.resolve() == DEMO
    return Answer.SELF if is_demo or not (folder / "in").is_dir() else Answer.RESULTS


class FilesErp:
    """A folder exchanged with an ERP. `settles_in` is 0: when a file is not there, nobody will write it."""

    settles_in = timedelta()
    patience = timedelta(seconds=10)
    capabilities = frozenset(
        {
            Capability.CREATE_ORDER,
            Capability.CHANGE_ORDER,
            Capability.CANCEL_ORDER,
            Capability.CREDIT_FIGURES,
            Capability.PRICE_LISTS,
            Capability.LOTS,
            Capability.ANSWERS_LATER,
            Capability.TAKES_SIMULATED,
        }
    )

    def __init__(
        self,
        folder: Path | str,
        *,
        name: str = "files",
        answer: Answer | None = None,
        zone: tzinfo = DEFAULT_ZONE,
        file_settles_in: timedelta = SETTLES_IN,
    ) -> None:
        """`file_settles_in`: so long a file must have stayed the same before it is read."""
        self.folder = Path(folder)
        self.name = name
        self.answer = answer or answer_mode(self.folder)
        self._zone = zone
        self._watch = Watch(settles_in=file_settles_in)
        self._references = References(self.folder)
        self._writer = Writer(self.folder)
        self._results = Results(self.folder, zone=zone)
        self._told: set[str] = set()

    # --- master data ---

    def pull(self, since: Mapping[str, str]) -> Iterator[Batch]:
        """The files that changed and have stopped changing, each whole."""
        if not self.folder.is_dir():
            raise ErpDown(f"the folder {self.folder} is not there")
        for table in TABLES.values():
            batch = self._changed(table, since.get(table.kind.value, ""))
            if batch is not None:
                yield batch

    def settle(self, *, at_most: timedelta = timedelta(seconds=5)) -> None:
        """Wait until no file is being written any more; for a pull that a person is waiting for."""
        until = time.monotonic() + at_most.total_seconds()
        while time.monotonic() < until:
            if all(self._watch.has_settled(self.folder / table.file) for table in TABLES.values()):
                return
            time.sleep(0.05)

    def _changed(self, table: Table, since: str) -> Batch | None:
        path = self.folder / table.file
        if self._watch.look(path) is None:
            return _gone(table, since)
        if not self._watch.has_settled(path):
            return None
        try:
            digest = self._watch.digest(path)
        except FileNotFoundError:
            return None
        content, _, references = since.partition("?")
        if content == digest and (not references or references == self._references_stamp(table)):
            return None
        tally = Tally(stamp=digest)
        return Batch(kind=table.kind, records=self._read(path, table, tally), complete=True, tally=tally)

    def _read(self, path: Path, table: Table, tally: Tally) -> Iterator[Record]:
        before = self._watch.look(path)
        reader = FileReader(path, table, references=self._references, zone=self._zone, tally=tally)
        try:
            yield from reader
        except FileNotFoundError:
            raise StillChanging(table.file) from None
        except PermissionError:
            text, remedy = "the file may not be read", "let the account that runs this program read it"
            raise Unreadable(Problem(source=table.file, text=text, remedy=remedy)) from None
        if self._watch.look(path) != before:
            raise StillChanging(table.file)
        if reader.unresolved:
            # What was missing may come with another file, so the stamp holds that file's state too.
            tally.stamp = f"{tally.stamp}?{self._references_stamp(table)}"

    def _references_stamp(self, table: Table) -> str:
        """Changes with the codes of the other files, not with whatever else they say."""
        kinds = {reference.keys for reference in table.references} | {
            keys for keys, (kind, _) in KEY_COLUMNS.items() if kind is not table.kind
        }
        total = 0
        for keys in sorted(kinds):
            known = self._references.of(keys)
            total = total * 31 + (known.digest + 1 if known is not None else 0)
        return f"{total & (2**64 - 1):x}"

    # --- documents ---

    def find(self, kind: DocumentKind, number: str, *, party: str) -> Posting | None:  # noqa: ARG002  (a number suffices here)
        """What became of the document of this number; None when it was never written."""
        # An answer proves that the file was there, even if it was taken away before we could note it.
        if self._writer.has(kind, number) or self._answer_to(number):
            return self._state_of(kind, number)
        return None

    def post(self, document: Document) -> Posting:
        """Write the document's file; writing it twice changes nothing."""
        if not self.folder.is_dir():
            raise ErpDown(f"the folder {self.folder} is not there")
        self._writer.write(document)
        return self._state_of(document.kind, document.number)

    def _state_of(self, kind: DocumentKind, number: str) -> Posting:
        if self.answer is Answer.SELF:
            return Posting(number=number, state=PostingState.POSTED, erp_number=number)
        answer = self._answer_to(number) or Posting(number=number, state=PostingState.ACCEPTED)
        return self._read_back(kind, answer)

    def _read_back(self, kind: DocumentKind, answer: Posting) -> Posting:
        """With the lines as they were booked: those of the answer, else those of the list of open orders."""
        if answer.state is not PostingState.POSTED or answer.booked is not None:
            return answer
        if kind is DocumentKind.SALES_ORDER:
            return replace(answer, booked=booked_lines(self.folder, answer.number))
        document = self._writer.read(kind, answer.number)
        if document is None or answer.at is None or kind is DocumentKind.ORDER_CANCELLATION:
            return answer  # of a changed order the list must be newer than the change to say anything
        return replace(answer, booked=booked_lines(self.folder, str(document["order"]), since=answer.at))

    def results(self, numbers: Collection[str]) -> Iterator[Posting]:
        """The answers to documents that are only accepted so far."""
        for number in numbers:
            kind = next((kind for kind in DocumentKind if self._writer.has(kind, number)), None)
            if self.answer is Answer.SELF:
                answer = self._state_of(kind, number) if kind is not None else None
            else:
                answer = self._answer_to(number)
                answer = self._read_back(kind or DocumentKind.SALES_ORDER, answer) if answer is not None else None
            if answer is not None:
                yield answer

    def _answer_to(self, number: str) -> Posting | None:
        try:
            return self._results.of(number)
        except BadResult as error:
            # Once: this is asked every few seconds. `check` tells it for as long as it lasts.
            if str(error) not in self._told:
                self._told.add(str(error))
                log.warning("result_malformed", file=error.problem.source, problem=error.problem.text)
            return None

    # --- check ---

    def check(self) -> Sequence[Finding]:
        """Folder, files, rights and answers."""
        subject = f"ERP {self.name}"
        if not self.folder.is_dir():
            remedy = "make the folder, or correct ERP_URL"
            return [Finding(level=Level.ERROR, subject=subject, text=f"{self.folder} is not there", remedy=remedy)]
        findings = [
            Finding(
                level=Level.ERROR,
                subject=subject,
                text=f"{table.file} is missing",
                remedy=f"put it into {self.folder}",
            )
            for table in TABLES.values()
            if not table.optional and not (self.folder / table.file).is_file()
        ]
        findings += self._check_writing(subject)
        findings += [
            Finding(level=Level.WARNING, subject=problem.source, text=problem.text, remedy=problem.remedy)
            for problem in self._results.problems()
        ]
        if not findings:
            said = "we answer ourselves" if self.answer is Answer.SELF else "the other side answers in in/results"
            findings.append(Finding(level=Level.OK, subject=subject, text=f"files in {self.folder}; {said}"))
        return findings

    def _check_writing(self, subject: str) -> list[Finding]:
        out = self.folder / "out"
        target = out if out.is_dir() else self.folder
        if os.access(target, os.W_OK | os.X_OK):
            return []
        remedy = "let the account that runs this program write there"
        return [Finding(level=Level.ERROR, subject=subject, text=f"{target} cannot be written", remedy=remedy)]


def _gone(table: Table, since: str) -> Batch | None:
    """A file that was there and is not any more; a required one that never was."""
    if since == ABSENT or (table.optional and not since):
        return None
    tally = Tally(stamp=ABSENT)

    def nothing() -> Iterator[Record]:
        if not table.optional:
            raise Unreadable(
                Problem(source=table.file, text="the file is missing", remedy="put it into the ERP's folder")
            )
        yield from ()

    return Batch(kind=table.kind, records=nothing(), complete=True, tally=tally)
