"""Names that purchases settle: words that several items share, of which one customer, or everybody, takes one alone.

Nobody's words stand in an order history. What does stand there is which of the items that share a name (`chakki atta`
of one, two, five and ten kilograms) a customer means when he leaves out what tells them apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.tokens import Kind, tokens
from nlp.values import HistoryLine, ItemRecord

LONGEST_NAME = 3
SHORTEST_WORD = 3
LEAST_ORDERS = 4
LEAST_SHARE = 0.9
LEAST_CUSTOMERS = 3
EVERYONE = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoughtName:
    """A name of several items that stands for one of them: `orders` of the `of` orders of any of them were of it."""

    customer: str
    """Empty: everyone's."""
    phrase: str
    sku: str
    orders: int
    of: int
    customers: int


def bought_names(items: Iterable[ItemRecord], history: Mapping[str, Sequence[HistoryLine]]) -> list[BoughtName]:
    """What the history settles, by customer and then for everyone; nothing that a name says of one item anyway."""
    shared = {phrase: skus for phrase, skus in _items_by_phrase(items).items() if len(skus) > 1}
    bought = {customer: _orders_by_sku(lines) for customer, lines in history.items()}
    phrases_of: dict[str, set[str]] = defaultdict(set)
    for phrase, skus in shared.items():
        for sku in skus:
            phrases_of[sku].add(phrase)
    found = []
    everybody: Counter[str] = Counter()
    takers: Counter[str] = Counter()
    for customer, orders in sorted(bought.items()):
        everybody.update(orders)
        takers.update(orders.keys())
        for phrase in sorted({phrase for sku in orders for phrase in phrases_of.get(sku, ())}):
            if name := _settled(phrase, shared[phrase], orders, customer=customer):
                found.append(name)
    for phrase, skus in sorted(shared.items()):
        name = _settled(phrase, skus, everybody, customer=EVERYONE, customers=takers)
        if name and name.customers >= LEAST_CUSTOMERS:
            found.append(name)
    return found


def _settled(
    phrase: str, skus: Iterable[str], orders: Counter[str], *, customer: str, customers: Counter[str] | None = None
) -> BoughtName | None:
    counts = Counter({sku: orders[sku] for sku in skus if orders[sku]})
    if not counts:
        return None
    [(sku, most)] = counts.most_common(1)
    of = counts.total()
    if most < LEAST_ORDERS or most < LEAST_SHARE * of:
        return None
    return BoughtName(
        customer=customer, phrase=phrase, sku=sku, orders=most, of=of, customers=customers[sku] if customers else 1
    )


def _orders_by_sku(lines: Iterable[HistoryLine]) -> Counter[str]:
    return Counter(sku for _, sku in {(line.order, line.sku) for line in lines})


def _items_by_phrase(items: Iterable[ItemRecord]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.active and item.sold:
            for phrase in _phrases(item.name):
                found[phrase].add(item.sku)
    return found


def _phrases(name: str) -> Iterator[str]:
    """Up to three neighbouring words of a name, without its numbers and signs."""
    words = [token.plain for token in tokens(name) if token.kind is Kind.WORD]
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            if any(len(word) >= SHORTEST_WORD for word in words[start:end]):
                yield " ".join(words[start:end])
