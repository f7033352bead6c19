"""What is wrong with rules as they stand together: whoever judges says it, whoever takes them over acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from erp.record import Key, RecordKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with rules as they stand together."""

    kind: RecordKind
    key: Key
    """The rule it is said of; empty: all of the kind."""
    code: str
    """Which fault it is, in a word."""
    text: str
    remedy: str
    refused: bool = True
    """Whether it keeps a change out of force, or is only told."""
    others: Sequence[tuple[RecordKind, Key]] = ()
    """The rules it is at odds with."""

    @property
    def identity(self) -> tuple[RecordKind, Key, str]:
        """The same for the same fault of the same rule, whatever its figures."""
        return self.kind, self.key, self.code

    def rows_of(self, kind: RecordKind) -> set[Key]:
        """Those of its rules that are of one kind."""
        return {key for of, key in ((self.kind, self.key), *self.others) if of is kind and key}
