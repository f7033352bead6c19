"""A decision on an ask as the ask takes it, or why it cannot be taken so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.ask_model import Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The answer with its facts."""

    answer: Answer
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """The sentence that says why, with its facts."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
