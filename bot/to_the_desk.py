"""Drafts of customers in assist on their way to the desk: the matter they stand under, and what their sender hears."""

from sqlalchemy.orm import Session

from bot.bubbles import Bubble
from bot.replies import Words
from erp.records import Mode
from orders.drafts import is_ready
from orders.model import OrderDraft
from people.model import Function
from people.modes import mode_of
from routing import matters
from routing.model import Matter, MatterKind


def keeps(session: Session, draft: OrderDraft) -> bool:
    """Whether a clerk must see this version before its sender does."""
    return draft.let_go_version != draft.version and mode_of(session, draft.party_code) == Mode.ASSIST


def put(session: Session, draft: OrderDraft, *, inbound_id: int | None = None) -> Matter:
    """Put the draft as it is now before the desk."""
    matter = matters.open_matter(
        session,
        kind=MatterKind.DRAFT_TO_CONFIRM,
        reference=f"draft:{draft.id}",
        function=Function.COMMERCIAL,
        party_code=draft.party_code,
        account_id=draft.account_id,
        inbound_id=inbound_id,
    )
    matter.facts = {"lines": len(draft.lines), "to_settle": sum(not is_ready(line) for line in draft.lines)}
    return matter


def noted(said: Words, draft: OrderDraft, matter: Matter) -> Bubble:
    """That it is noted, and under which number; a newer one takes the place of one not yet sent."""
    return Bubble(
        kind="left_to_the_desk",
        lines=(said("assist.noted", count=len(draft.lines), number=matter.number),),
        topic=f"draft:{draft.id}",
        draft_id=draft.id,
        language=said.catalogue,
    )
