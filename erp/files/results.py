"""Reads the other side's answers, `in/results/NUMBER.json`; a malformed one is told, never fatal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from erp.documents import BookedLine
from erp.port import Posting, PostingState, Problem

STATES = {"posted": PostingState.POSTED, "rejected": PostingState.REJECTED}
_REMEDY = 'write {"number", "status": "posted" or "rejected", "erp_number", "reason", "at"}, and if you like "lines"'


class BadResult(Exception):  # noqa: N818
    """An answer that cannot be understood."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Results:
    """The folder of answers."""

    def __init__(self, folder: Path, *, zone: tzinfo) -> None:
        self._folder = folder / "in" / "results"
        self._zone = zone

    def of(self, number: str) -> Posting | None:
        """The answer to a document, if it is there. Raises BadResult."""
        path = self._folder / f"{number}.json"
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _bad(path, f"cannot be read ({type(error).__name__})") from error
        return self._understand(path, text, number=number)

    def problems(self) -> Iterator[Problem]:
        """What is wrong with any of the answers there."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                self.of(path.stem)
            except BadResult as error:
                yield error.problem

    def _understand(self, path: Path, text: str, *, number: str) -> Posting:
        try:
            answer = json.loads(text)
        except ValueError as error:
            raise _bad(path, "is no JSON") from error
        if not isinstance(answer, dict):
            raise _bad(path, "is no JSON object")
        if answer.get("number") != number:
            raise _bad(path, f"speaks of number {answer.get('number')!r}, not of the one it is named after")
        state = STATES.get(str(answer.get("status")))
        if state is None:
            raise _bad(path, f"has the status {answer.get('status')!r}")
        erp_number = _text(answer, "erp_number")
        if state is PostingState.POSTED and not erp_number:
            raise _bad(path, "says posted without an erp_number")
        return Posting(
            number=number,
            state=state,
            erp_number=erp_number,
            reason=_text(answer, "reason"),
            at=self._moment(path, answer.get("at")),
            booked=_booked(path, answer.get("lines")),
        )

    def _moment(self, path: Path, said: object) -> datetime | None:
        if said in (None, ""):
            return None
        try:
            moment = datetime.fromisoformat(str(said))
        except ValueError as error:
            raise _bad(path, f"has {said!r} for a moment") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)


def _booked(path: Path, said: object) -> tuple[BookedLine, ...] | None:
    """The order's lines as they were booked, where the answer names them."""
    if said is None:
        return None
    if not isinstance(said, list):
        raise _bad(path, "has lines that are no list")
    try:
        return tuple(BookedLine.from_json(line) for line in said)
    except (ArithmeticError, AttributeError, KeyError, TypeError) as error:
        raise _bad(path, "has a line without sku or qty, or with a number that is none") from error


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    return "" if value is None else str(value)


def _bad(path: Path, what: str) -> BadResult:
    return BadResult(Problem(source=f"in/results/{path.name}", text=f"the answer {what}", remedy=_REMEDY))
