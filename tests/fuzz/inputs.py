"""What the bytes of a fuzzed input stand for: who writes, what stands around the message, and its text."""

from datetime import date
from decimal import Decimal

from nlp.values import NO_CONTEXT, Context, DraftLine, PastOrder, Speaker
from tests.unit.nlp.plant import BUYER, reading
from tests.unit.nlp.soundness import require_soundness

DRAFT = (
    DraftLine(sku="PG-070", quantity=Decimal(20), uom="CASE", source="20 peti glucose 70"),
    DraftLine(sku=None),
    DraftLine(sku="AT-10", quantity=Decimal(5), uom="BAG", source="5 bori atta 10"),
)
ORDER = PastOrder(number="M26000012", placed_on=date(2026, 11, 14), lines=DRAFT)
SPEAKERS = (BUYER, Speaker(role="sales_rep", may_order_for=("C1", "C2")), Speaker(role="supervisor"))
CONTEXTS = (
    NO_CONTEXT,
    Context(draft=DRAFT),
    Context(draft=DRAFT, quoted="1. Parag Glucose Biscuit 70 g – 20 CASE"),
    Context(orders=(ORDER,)),
)


def read_input(data: bytes) -> None:
    """Read one input; whatever it raises is a find. The text keeps broken bytes."""
    chosen = data[0] if data else 0
    text = data[1:].decode("utf-8", "surrogateescape")
    speaker = SPEAKERS[chosen % len(SPEAKERS)]
    context = CONTEXTS[chosen // len(SPEAKERS) % len(CONTEXTS)]
    require_soundness(text, reading(text, speaker, context))
