"""Long orders: labelled order messages of one plant joined to 20, 40 and 80 lines, as a person pastes them.

No customer has so many different labelled lines, so there are two kinds. `own` joins one customer's messages and goes
on with the first when all are used: items stand there again. `once` joins messages of several customers in which no
item stands twice; the joined message is read with the habits and aliases of all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from typing import Any

from nlp.evaluation.corpus import Message, Plant
from nlp.values import Intent

LENGTHS = (20, 40, 80)
LEAST_LINES = 20
"""A customer with fewer labelled lines would only be heard repeating them."""
STARTS = 5
"""How many orders of the second kind are made of a plant, each from another place in its file."""
TOGETHER = "TOGETHER"


@dataclass(frozen=True, slots=True)
class LongOrder:
    """A joined message, the messages it was made of, and the plant to read both with."""

    plant: Plant
    message: Message
    parts: tuple[Message, ...]


def _labels(message: Message) -> Sequence[Mapping[str, Any]]:
    labels: Sequence[Mapping[str, Any]] = message["expect"].get("lines", [])
    return labels


def joined(parts: Sequence[Message]) -> Message:
    """One message: the texts under each other, the labels of all; customer, person and moment are the first one's."""
    labels = [*chain.from_iterable(map(_labels, parts))]
    return {
        **parts[0],
        "id": f"{parts[0]['id']}+{len(labels)}",
        "text": "\n".join(part["text"] for part in parts),
        "expect": {"intent": Intent.ORDER.value, "lines": labels, "requested_on": None, "slots": {}},
    }


def repeated(messages: Sequence[Message], lines: int) -> list[Message]:
    """As many of the messages, from the first again where they do not suffice, as have `lines` labelled lines."""
    parts: list[Message] = []
    count = 0
    for message in cycle(messages):
        if count >= lines:
            break
        parts.append(message)
        count += len(_labels(message))
    return parts


def _named(message: Message) -> set[str]:
    found = ([label["sku"]] if "sku" in label else label.get("candidates", []) for label in _labels(message))
    return set(chain.from_iterable(found))


def different(messages: Sequence[Message], lines: int) -> list[Message]:
    """Messages with `lines` labelled lines and no item twice; none if there are not so many."""
    parts: list[Message] = []
    taken: set[str] = set()
    count = 0
    for message in messages:
        if count < lines and not taken & _named(message):
            parts.append(message)
            taken |= _named(message)
            count += len(_labels(message))
    return parts if count >= lines else []


def _joinable(message: Message) -> bool:
    """A buyer's order without a day: days are told from the moment of sending, of which a joined message has one."""
    expect = message["expect"]
    spare = expect.get("requested_on") or expect.get("slots") or message["role"] != "buyer"
    return bool(expect["intent"] == Intent.ORDER and _labels(message) and message["customer"] and not spare)


def own(plant: Plant, lines: int) -> Iterator[LongOrder]:
    """A long order of every customer of the plant with enough labelled lines, in the order of the file."""
    by_customer: dict[str, list[Message]] = defaultdict(list)
    for message in filter(_joinable, plant.messages):
        by_customer[message["customer"]].append(message)
    for messages in by_customer.values():
        if sum(len(_labels(message)) for message in messages) >= LEAST_LINES:
            parts = repeated(messages, lines)
            yield LongOrder(plant, joined(parts), tuple(parts))


def once(plant: Plant, lines: int) -> Iterator[LongOrder]:
    """Long orders of several customers' messages, read with what all of them usually order."""
    messages = [*filter(_joinable, plant.messages)]
    for start in range(0, len(messages), max(1, len(messages) // STARTS)):
        parts = different(messages[start:] + messages[:start], lines)
        if parts:
            together = [{**part, "customer": TOGETHER} for part in parts]
            customers = dict.fromkeys(part["customer"] for part in parts)
            yield LongOrder(_pooled(plant, [*customers]), joined(together), tuple(together))


def _pooled(plant: Plant, customers: Sequence[str]) -> Plant:
    """The plant with one customer more, who orders what these order and says it as they do."""
    history = chain.from_iterable(plant.history.get(customer, ()) for customer in customers)
    aliases = chain.from_iterable(plant.aliases.get(customer, ()) for customer in customers)
    return replace(
        plant,
        history={**plant.history, TOGETHER: tuple(sorted(history, key=lambda line: (line.date, line.order)))},
        aliases={**plant.aliases, TOGETHER: tuple(aliases)},
    )
