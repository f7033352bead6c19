"""Fits how sure a line is on the labelled corpora: `python -m nlp.train_confidence`.

A ridge-penalised logistic regression (iteratively reweighted least squares) over the signs of `nlp.confidence`, a few
seconds beyond reading the corpora. The least confidence to post follows from the budget for wrong lines, by what is
expected of plants left out of the fit in turn.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.confidence import FITTED, Fitted, confidence, fitted_elsewhere, signs
from nlp.evaluation.corpus import Plant, load, own_plants, plants, work_of
from nlp.evaluation.scoring import Label, rules_for
from nlp.evaluation.tables import say
from nlp.handing_out import as_line
from nlp.pipeline import run
from nlp.values import Intent

BUDGET = 0.007
"""Expected wrong lines among those posted; on plants left out 0.6 % of them are wrong."""
PENALTY, FREE, ROUNDS, RARE, CLOSE = 30.0, 0.01, 30, 5, 1e-6
POSTS_ALL = Fitted({}, 0.0)
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One line as read: its plant, its signs, whether nothing else speaks against it, and whether it is right."""

    plant: str
    seen: Mapping[str, float]
    undoubted: bool
    right: bool


def samples(plant: Plant) -> list[Sample]:
    """The lines of every message of a plant that is read as an order."""
    rules, made = rules_for(plant.folder), []
    for message in plant.messages:
        work = work_of(plant, message)
        with fitted_elsewhere(POSTS_ALL):
            run(work)
        if work.intent is not Intent.ORDER or work.setting is None:
            continue
        lines = [as_line(found, work.setting).as_json() for found in work.found]
        labels = message["expect"].get("lines", [])
        label_of = {line: label for label, line in rules.pair(labels, lines)[0].items()}
        for at, (found, line) in enumerate(zip(work.found, lines, strict=True)):
            if seen := signs(found, work.setting, work.found, work.rivals):
                right = at in label_of and _is_right(line, labels[label_of[at]], rules)
                made.append(Sample(plant.name, seen, not found.doubts, right))
    return made


def _is_right(line: Mapping[str, Any], label: Label, rules: ModuleType) -> bool:
    """Whether the line's first choice, posted, would be what the label says."""
    if not line["candidates"]:
        return False
    verdict: str = rules.judge(label, {**line["candidates"][0], "status": "matched"})
    return verdict == "right"


def fit(found: Sequence[Sample]) -> Fitted:
    """The weights on all samples, and the least confidence at which the budget holds on plants left out in turn."""
    left_out = [
        confidence(sample.seen, table)
        for plant in sorted({sample.plant for sample in found})
        for table in [_weights([sample for sample in found if sample.plant != plant])]
        for sample in found
        if sample.plant == plant and sample.undoubted
    ]
    return Fitted(_weights(found).weights, least_for(left_out, BUDGET))


def least_for(sure: Iterable[float], budget: float) -> float:
    """The lowest confidence from which on lines as sure as these are expected wrong in at most `budget` of all cases.

    What is expected is smoother than what was counted: among thousands of lines a handful is wrong.
    """
    doubt, least = 0.0, 1.0
    for count, chance in enumerate(sorted(sure, reverse=True), 1):
        doubt += 1 - chance
        if doubt <= budget * count:
            least = chance
    return round(least, 4)


def _weights(found: Sequence[Sample]) -> Fitted:
    """Fitted on the lines that nothing speaks against, which are the ones to be posted."""
    posted = [sample for sample in found if sample.undoubted]
    counts = Counter(name for sample in posted for name in sample.seen)
    names = sorted(name for name, count in counts.items() if count >= RARE)
    inputs = np.array([[sample.seen.get(name, 0.0) for name in names] for sample in posted])
    spread = inputs.std(axis=0)
    spread[spread == 0] = 1.0
    penalties = np.array([FREE if name == "always" else PENALTY for name in names])
    rights = np.array([sample.right for sample in posted], dtype=np.float64)
    weights = _regress(inputs / spread, rights, penalties) / spread
    return Fitted({name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}, 0.0)


def _regress(inputs: Matrix, targets: Matrix, penalties: Matrix) -> Matrix:
    """Logistic regression by iteratively reweighted least squares (Newton's method), with a ridge penalty a weight."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        curve = np.maximum(chances * (1 - chances), 1e-6)
        gradient = inputs.T @ (targets - chances) - penalties * weights
        step = np.linalg.solve((inputs * curve[:, None]).T @ inputs + np.diag(penalties), gradient)
        weights += step
        if float(np.abs(step).max()) < CLOSE:
            break
    return weights


def main() -> None:
    found = [sample for folder in [*plants(), *own_plants()] for sample in samples(load(folder))]
    table = fit(found)
    FITTED.write_text(json.dumps({"least": table.least, "weights": table.weights}, indent=0), encoding="utf-8")
    right = sum(sample.right for sample in found if sample.undoubted)
    count = sum(sample.undoubted for sample in found)
    say(f"{len(found)} lines, {count} with nothing against them, {count - right} of those wrong; least {table.least}")


if __name__ == "__main__":
    main()
