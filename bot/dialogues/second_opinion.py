"""The second reader's part in a turn: asked about lines no word of ours settles, it adds choices to their questions.

The turn that finds such lines is undone, the question is put while no transaction is open, and the turn is made again
with the answer at hand. A line stays as it was read: its item is chosen by its sender or not at all.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from bot.redaction import redacted
from bot.second_reader import Opinion, Question
from bot.turn import Turn
from erp import mirror
from nlp import Catalogue
from nlp.tokens import Kind, tokens
from orders import drafts
from orders.choices import MOST, ChoiceFacts, can_be_bought, choice
from orders.goods import Goods, goods_of
from orders.model import DraftLine, LineStatus, OrderDraft
from people.model import Party

MOST_LINES = 12
MOST_NAMES = 100
MOST_WORDS, MOST_OF_A_WORD = 8, 3
BEGINNING = 3
OWN_FIRST = 2
"""So many of our own choices stay before those proposed."""
STEP = "second_reader"


def note_doubts(turn: Turn, draft: OrderDraft, numbers: Collection[int]) -> None:
    """Remember which of these lines are still in doubt after all that we know ourselves."""
    turn.in_doubt += [(turn.text, draft, line) for line in draft.lines if line.no in numbers and _in_doubt(line)]


def _in_doubt(line: DraftLine) -> bool:
    if line.status == LineStatus.UNKNOWN.value:
        return bool(line.source)
    return (
        line.status == LineStatus.ASK.value
        and "item" in line.doubts
        and not any("onto" in entry for entry in line.candidates)
    )


def question(turn: Turn) -> Question | None:
    """What is to be asked before this turn can end; None when nothing is, or it has been asked."""
    reader = turn.app.second_reader
    if reader is None or turn.opinion is not None or not turn.in_doubt or not reader.is_ready():
        return None
    catalogue = turn.app.catalogues.current(turn.session)
    own = (turn.known.name, turn.account.profile_name)
    told = {line.source: redacted(line.source, catalogue, names=own) for _, _, line in turn.in_doubt}
    told = {source: text for source, text in told.items() if any(map(str.isalpha, text))}
    lines = [line for _, _, line in turn.in_doubt if line.source in told][:MOST_LINES]
    if not lines:
        return None
    messages = dict.fromkeys(text for text, _, _ in turn.in_doubt)
    return Question(
        message=redacted("\n".join(messages), catalogue, names=own),
        lines=tuple(told[line.source] for line in lines),
        sources=tuple(line.source for line in lines),
        items=_names(turn, turn.in_doubt[0][1], lines, catalogue),
    )


def _names(turn: Turn, draft: OrderDraft, lines: Collection[DraftLine], catalogue: Catalogue) -> dict[str, str]:
    """The items a line may mean, by name: our own guesses, what this firm buys, what begins alike, some of all."""
    guesses = [entry["sku"] for line in lines for entry in line.candidates]
    bought = [row.sku for row in reversed(mirror.history(turn.session, draft.party_code))]
    wanted = list(dict.fromkeys([*guesses, *bought, *_alike(lines, catalogue)]))[:MOST_NAMES]
    rest = [item.sku for item in catalogue.items[:: max(1, len(catalogue.items) // MOST_NAMES)]]
    room = MOST_NAMES - len(wanted)
    wanted += rest[:: max(1, -(-len(rest) // room))] if room else []
    goods = _goods(turn, draft, wanted)
    names: dict[str, str] = {}
    for sku in wanted:
        if can_be_bought(goods, sku):
            names.setdefault(goods.name(sku), sku)
    return names


def _alike(lines: Iterable[DraftLine], catalogue: Catalogue) -> Iterator[str]:
    """Items with a word that begins like one of the lines."""
    for line in lines:
        for token in tokens(line.source):
            if token.kind is Kind.WORD and len(token.fold) >= BEGINNING:
                for word in islice(catalogue.starting_with(token.fold[:BEGINNING]), MOST_WORDS):
                    yield from (catalogue.items[row].sku for row in catalogue.words[word].rows[:MOST_OF_A_WORD])


def _goods(turn: Turn, draft: OrderDraft, skus: Iterable[str]) -> Goods:
    return goods_of(turn.session, skus, price_list=turn.session.get_one(Party, draft.party_code).price_list)


def propose(turn: Turn, draft: OrderDraft, numbers: Collection[int]) -> None:
    """Add what the second reader proposed to the questions of these lines: what this customer can buy, nothing else."""
    opinion = turn.opinion
    lines = [line for line in draft.lines if line.no in numbers and _in_doubt(line)]
    if opinion is None or not lines:
        return
    goods = _goods(turn, draft, {sku for line in lines for sku in opinion.proposed.get(line.source, ())})
    added = [sku for line in lines for sku in _add(line, opinion, goods)]
    drafts.note(
        turn.session,
        draft,
        STEP,
        by="munshi",
        inbound_id=turn.inbound.id,
        outcome=opinion.outcome.value,
        proposed=", ".join(added),
    )


def _add(line: DraftLine, opinion: Opinion, goods: Goods) -> list[str]:
    """The SKUs that are new among the line's choices."""
    own = list(line.candidates)
    offered = {entry["sku"] for entry in own}
    fresh = [sku for sku in opinion.proposed.get(line.source, ()) if sku not in offered and can_be_bought(goods, sku)]
    if fresh:
        new = [_choice(line, sku, goods) for sku in fresh]
        doubts = ["item", *(["uom"] if any(entry["uom"] is None for entry in new) else []), *line.doubts]
        line.status, line.doubts = LineStatus.ASK.value, list(dict.fromkeys(doubts))
        line.candidates = [*own[:OWN_FIRST], *new, *own[OWN_FIRST:]][:MOST]
    return fresh


def _choice(line: DraftLine, sku: str, goods: Goods) -> ChoiceFacts:
    """With the amount as read, in the unit as read if the item is sold in it; else its units are offered."""
    rung = goods.ladders.get(sku, {}).get(line.uom or "")
    return choice(sku, line.quantity, line.uom if rung is not None and rung.sales else None)
