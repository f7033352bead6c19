"""Use cases on price requests: what is asked for beside the rules, who decides it, and what that makes of the draft.

A request never changes what posts: a decision sets the granted price of a line, and its sender confirms the summary
that shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from orders.approval_model import Approval, PriceRequest, RequestedLine
from orders.model import OrderDraft
from routing.ask_model import Ask, AskedPerson

THEN = "orders.price_decided"
"""The job that follows the answer or lapse of a price request's ask; its argument is `ask_id`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested:
    """What became of the wishes in a draft. Nothing in any of them: there was nothing to ask."""

    request: PriceRequest | None = None
    """The one that is open now."""
    granted: Sequence[RequestedLine] = ()
    """Within the requester's own limit: the lines have their price already."""
    asked: Sequence[RequestedLine] = ()
    """They wait; until then the list price holds."""
    refused: Sequence[RequestedLine] = ()
    """Below what anybody may approve."""
    ask: Ask | None = None
    told: Sequence[AskedPerson] = ()
    """To whom it must be said, with the figures; empty when it was open already."""
    seen_at: datetime | None = None
    """When the first of them is at work; None: now."""
    lapsed: bool = False
    """There is nobody to ask: the wish is before nobody, and a person must look."""
    withdrawn: Sequence[AskedPerson] = ()
    """Those who were asked for an earlier state of the draft, which holds no longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What an answer (or its lack) made of a request. `news`: it is told now for the first time."""

    request: PriceRequest
    ask: Ask
    draft: OrderDraft
    news: bool
    approvals: Sequence[Approval] = ()
    """Those that hold: the draft's lines have their price."""
    countered: Sequence[RequestedLine] = ()
    """They wait for the requester (`accept_counter`)."""
    rejected: Sequence[RequestedLine] = ()
    lapsed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """Nothing happened: the draft is over, or stands otherwise than the counter was about."""

    draft: OrderDraft | None


def ask_for(
    session: Session,
    draft: OrderDraft,
    *,
    person_id: int,
    reason: str,
    inbound_id: int | None,
    timezone: str,
) -> Requested:
    """Ask for what a locked, complete draft wishes beside the rules; called at the end of a turn.

    What is open already and still fits is left as it is; what it does not fit any more is withdrawn first.
    """
    raise NotImplementedError


def decided(session: Session, ask_id: int, *, timezone: str) -> Decided | None:
    """Take over what became of an ask: approvals are made and the draft's lines get their price, once.

    Locks party, draft and request. None: it was withdrawn meanwhile, and nobody is to be told anything.
    """
    raise NotImplementedError


def accept_counter(
    session: Session, request_id: int, *, line_nos: Sequence[int] | None, person_id: int, timezone: str
) -> OrderDraft | Gone:
    """The requester takes the prices that were named instead (all, or those of some lines): the lines have them now."""
    raise NotImplementedError


def counter_fits(line: RequestedLine, price: Decimal) -> bool:
    """Whether an approver may name this price instead: above what was asked, below list, never below the absolute."""
    raise NotImplementedError


def withdraw(session: Session, draft: OrderDraft, reason: str) -> Sequence[AskedPerson]:
    """The draft is confirmed at list, cancelled or changed: its open request is over. Who was asked can be told."""
    raise NotImplementedError


def open_request(session: Session, draft_id: int) -> PriceRequest | None:
    """The one a draft waits for."""
    raise NotImplementedError


def last_request(session: Session, draft_id: int) -> PriceRequest | None:
    """The newest of a draft, whatever became of it."""
    raise NotImplementedError
