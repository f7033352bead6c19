"""Fits the intent weights on the labelled corpora: `python -m nlp.train_intents [--leave-one-out]`.

A multinomial logistic regression over the features of `cues`, a few thousand weights, a minute on one core. What it
fits is how much each kind of cue counts, not words: those are in the reviewed language files.
"""

from __future__ import annotations

import argparse
import json

import numpy as np
import numpy.typing as npt

from nlp.evaluation.corpus import Plant, load, own_plants, plants, work_of
from nlp.evaluation.tables import say
from nlp.intents import WEIGHTS, Weights
from nlp.pipeline import run
from nlp.values import Intent

ROUNDS, RATE, SHRINK = 800, 0.5, 0.00025
Example = tuple[dict[str, float], str]
Matrix = npt.NDArray[np.float64]


def examples(plant: Plant) -> list[Example]:
    made = []
    for message in plant.messages:
        work = work_of(plant, message)
        run(work)
        made.append((work.seen, message["expect"]["intent"]))
    return made


def fit(sample: list[Example]) -> tuple[list[str], Matrix]:
    """Feature names and weights (features by intents), by gradient descent with momentum on the softmax loss."""
    counts: dict[str, int] = {}
    for seen, _ in sample:
        for name in seen:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= 2)
    intents = [intent.value for intent in Intent]
    inputs = _matrix(sample, names)
    targets = np.zeros((len(sample), len(intents)))
    for row, (_, intent) in enumerate(sample):
        targets[row, intents.index(intent)] = 1.0
    weights = np.zeros((len(names), len(intents)))
    speed = np.zeros_like(weights)
    for _ in range(ROUNDS):
        gradient = inputs.T @ (_softmax(inputs @ weights) - targets) / len(sample) + SHRINK * weights
        speed = 0.9 * speed - RATE * gradient
        weights += speed
    return names, weights


def _matrix(sample: list[Example], names: list[str]) -> Matrix:
    place = {name: column for column, name in enumerate(names)}
    inputs = np.zeros((len(sample), len(names)))
    for row, (seen, _) in enumerate(sample):
        for name, value in seen.items():
            if name in place:
                inputs[row, place[name]] = value
    return inputs


def _softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return shares


def right(names: list[str], weights: Matrix, sample: list[Example]) -> int:
    intents = [intent.value for intent in Intent]
    guesses = (_matrix(sample, names) @ weights).argmax(axis=1)
    return sum(intents[guess] == intent for guess, (_, intent) in zip(guesses, sample, strict=True))


def as_file(names: list[str], weights: Matrix) -> dict[str, dict[str, float]]:
    return {
        intent.value: {
            name: round(float(weight), 3) for name, weight in zip(names, column, strict=True) if abs(weight) >= 0.02
        }
        for intent, column in zip(Intent, weights.T, strict=True)
    }


def weights_from(sample: list[Example]) -> Weights:
    """The weights fitted on a sample, as the intent step takes them."""
    return {Intent(name): table for name, table in as_file(*fit(sample)).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--without", help="a plant to leave out of the fit that is written")
    args = parser.parse_args()
    samples = {folder.name: examples(load(folder)) for folder in [*plants(), *own_plants()]}
    if args.leave_one_out:
        total = 0
        for name, sample in samples.items():
            names, weights = fit([example for other, found in samples.items() if other != name for example in found])
            good = right(names, weights, sample)
            total += good
            say(f"{name:12s} {100 * good / len(sample):6.2f}")
        say(f"{'all':12s} {100 * total / sum(len(sample) for sample in samples.values()):6.2f}")
    names, weights = fit([example for name, found in samples.items() if name != args.without for example in found])
    WEIGHTS.write_text(json.dumps(as_file(names, weights), indent=0, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    main()
