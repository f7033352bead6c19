"""Whether an amount is what a customer usually takes, as a function of what he took before."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

LEAST_ORDERS = 2
"""Once is no habit."""
FAR_ABOVE, FAR_BELOW = Decimal(3), Decimal("0.2")


def is_usual(amount: Decimal, before: Sequence[Decimal]) -> bool:
    """At most three times, and at least a fifth, of the middle one of what was taken before; all in base units."""
    if len(before) < LEAST_ORDERS:
        return False
    middle = median(before)
    return middle * FAR_BELOW <= amount <= middle * FAR_ABOVE
