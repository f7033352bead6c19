"""What keeps an order from going is put before a person, and told to the function it concerns, once."""

from collections.abc import Mapping
from typing import Any

from bot.notices import tell_function
from bot.turn import Turn
from erp import mirror
from orders.checks import Problem
from orders.model import OrderDraft
from people.model import Function
from routing import matters
from routing.model import Matter, MatterKind
from routing.quiet import ORDINARY


def raise_matter(
    turn: Turn,
    kind: MatterKind,
    *,
    reference: str,
    function: Function,
    party_code: str | None,
    facts: Mapping[str, Any],
    inbound_id: int | None = None,
    notice: str = "",
    **said: object,
) -> Matter:
    """Open a matter about this turn's message, or the one named.

    `notice` names the sentence its function hears if it is new.
    """
    matter, new = matters.open_once(
        turn.session,
        kind=kind,
        reference=reference,
        function=function,
        party_code=party_code,
        account_id=turn.account.id,
        inbound_id=inbound_id or turn.inbound.id,
        facts=facts,
    )
    if new and notice:
        tell_function(
            turn.app,
            turn.session,
            function,
            notice,
            party_code=party_code,
            simulated=turn.inbound.simulated,
            plant="",
            severity=ORDINARY,
            reference=matter.number,
            **said,
        )
    return matter


def tell_unpriced(turn: Turn, draft: OrderDraft) -> None:
    """Items this customer has no price for, or one that nobody may let pass: a rule is missing or wrong.

    Commercial must mend it, and is told so once for each.
    """
    _tell_of_price(turn, draft, Problem.NO_PRICE, reference="price", notice="notice.no_price")
    _tell_of_price(turn, draft, Problem.BELOW_ABSOLUTE, reference="absolute", notice="notice.below_absolute")


def _tell_of_price(turn: Turn, draft: OrderDraft, problem: Problem, *, reference: str, notice: str) -> None:
    skus = {line.sku for line in draft.lines if line.problem == problem and line.sku}
    for sku, item in sorted(mirror.items(turn.session, skus).items()):
        raise_matter(
            turn,
            MatterKind.CHECK_FAILED,
            reference=f"{reference}:{draft.party_code}:{sku}",
            function=Function.COMMERCIAL,
            party_code=draft.party_code,
            facts={"reason": problem.value, "sku": sku, "item": item.name},
            notice=notice,
            item=item.name,
        )
