"""Leave one plant out: whatever is fitted on the corpora, fitted on the other plants alone while one is scored.

To let a further fitted table take part, add it to `FITTED`: how a plant becomes samples, how samples become a value,
and the context manager that has messages read with that value instead of the shipped one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from nlp import confidence, train_confidence, train_intents
from nlp.evaluation.corpus import Plant
from nlp.intents import fitted_elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """Something fitted: a function of samples, each plant's made apart from the others'."""

    name: str
    samples: Callable[[Plant], Sequence[Any]]
    fit: Callable[[list[Any]], Any]
    using: Callable[[Any], AbstractContextManager[None]]


FITTED: tuple[Fitted, ...] = (
    Fitted(name="intents", samples=train_intents.examples, fit=train_intents.weights_from, using=fitted_elsewhere),
    Fitted(
        name="confidence",
        samples=train_confidence.samples,
        fit=train_confidence.fit,
        using=confidence.fitted_elsewhere,
    ),
)
"""In the order in which a reading uses them."""


class LeftOut:
    """Every fitted value without each plant in turn.

    A later one's samples are readings made with the earlier ones fitted without the sample's own plant, as they would
    be on a plant never seen.
    """

    def __init__(self, plants: Sequence[Plant], fitted: Sequence[Fitted] = FITTED) -> None:
        self._values: list[tuple[Fitted, Mapping[str, Any]]] = []
        for one in fitted:
            samples: dict[str, Sequence[Any]] = {}
            for plant in plants:
                with self.without(plant.name):
                    samples[plant.name] = one.samples(plant)
            values = {
                name: one.fit([sample for other, found in samples.items() if other != name for sample in found])
                for name in samples
            }
            self._values.append((one, values))

    @contextmanager
    def without(self, plant: str) -> Iterator[None]:
        """Messages are read with what was fitted on all plants but this one."""
        with ExitStack() as stack:
            for one, values in self._values:
                stack.enter_context(one.using(values[plant]))
            yield
