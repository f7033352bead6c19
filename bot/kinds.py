"""Every kind of outgoing message: whether it answers its reader, and by which approved form it may open a talk."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """The texts that WhatsApp approves, one in each language; two of the same words it would reject."""

    ORDER = "order"
    WAITS = "waits"
    PLACED = "placed"
    OFFICE = "office"
    DIGEST = "digest"
    APPROVAL = "approval"
    ANY = "any"
    """For every kind without one of its own, and where its own is not approved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """`answers`: it follows from what its reader wrote or tapped, even where no message is named."""

    form: Form = Form.ANY
    answers: bool = False
    told_otherwise: bool = False
    """Whoever asked us not to write must hear it from a person."""


ANSWER = Kind(answers=True)
OF_AN_ORDER = Kind(form=Form.ORDER, answers=True)
NOTICE = Kind(form=Form.OFFICE)

OUTGOING: Mapping[str, Kind] = {
    # In a turn: the message that is answered stands in the row, and makes an answer of whatever it is.
    "reply": ANSWER,
    "failed": ANSWER,
    "which_draft": ANSWER,
    "same_order": ANSWER,
    "which_order": ANSWER,
    "which_stock": ANSWER,
    "left_to_the_desk": ANSWER,
    "list": Kind(form=Form.WAITS),
    "summary": Kind(form=Form.WAITS),
    "which_firm": Kind(form=Form.WAITS),
    # What became of an order its reader said yes to.
    "confirmed": OF_AN_ORDER,
    "accepted": OF_AN_ORDER,
    "posted": OF_AN_ORDER,
    "rejected": OF_AN_ORDER,
    "held": OF_AN_ORDER,
    "held_by_credit": OF_AN_ORDER,
    "changed": OF_AN_ORDER,
    "cancelled": Kind(form=Form.ORDER, told_otherwise=True),
    # A clerk's own words; to whoever asked us not to write, only as an answer to a message of his.
    "desk_reply": Kind(told_otherwise=True),
    # What somebody is asked to decide, and what became of that.
    "approval": Kind(form=Form.APPROVAL, told_otherwise=True),
    "approvals_open": Kind(form=Form.APPROVAL, told_otherwise=True),
    "approval_reason": ANSWER,
    "approval_offer": ANSWER,
    "approval_over": NOTICE,
    "price_counter": Kind(form=Form.WAITS, answers=True),
    "price_news": Kind(form=Form.WAITS, answers=True),
    "credit_raise": ANSWER,
    "credit_raise_how": ANSWER,
    "delegation": ANSWER,
    "delegation_told": NOTICE,
    # On our own.
    "closed": Kind(form=Form.WAITS, told_otherwise=True),
    "placed_for_you": Kind(form=Form.PLACED, told_otherwise=True),
    "changed_for_you": Kind(form=Form.ORDER, told_otherwise=True),
    "dispatched": Kind(form=Form.ORDER),
    "digest": Kind(form=Form.DIGEST),
    "rep_copy": Kind(form=Form.DIGEST),
    "plant_digest": Kind(form=Form.DIGEST),
    "leakage_digest": Kind(form=Form.DIGEST),
    "notice_after_posting": NOTICE,
    "notice_below_absolute": NOTICE,
    "notice_blocked": NOTICE,
    "notice_change_rejected": NOTICE,
    "notice_late": NOTICE,
    "notice_no_price": NOTICE,
    "notice_not_ours": NOTICE,
    "notice_posted_differs": NOTICE,
    "notice_rejected": NOTICE,
    "notice_urgent": NOTICE,
    "notice_waits": NOTICE,
}
"""Every kind there is. One that is missing counts as said on our own, and goes in the form for any."""


def kind_of(name: str) -> Kind:
    """What is known of a kind."""
    return OUTGOING.get(name, Kind())


def is_answer(kind: str, *, inbound_id: int | None) -> bool:
    """Whether it answers what its reader wrote: the only thing said to those who asked us not to write."""
    return inbound_id is not None or kind_of(kind).answers
