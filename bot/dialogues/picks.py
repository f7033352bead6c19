"""Answers to the questions of a summary: by tap, by "1b 2a 3: 20", by words that only one choice has."""

import re

from bot.dialogues import days, shortages, show
from bot.dialogues.pick_grammar import Answer, read_answers, read_number
from bot.replies.short import ALL
from bot.replies.summary import choice_text, shown
from bot.turn import Turn
from orders import aliases, drafts, shortage
from orders.checks import Problem
from orders.drafts import Changed
from orders.goods import goods_of
from orders.model import DraftLine, OrderDraft
from people.model import Party


def typed(turn: Turn) -> bool:
    """Take a typed answer to what the open draft asks; False when the message is no such answer."""
    draft = show.open_draft_of(turn)
    if draft is None:
        return False
    draft = drafts.locked(turn.session, draft.id)
    questions = drafts.open_questions(draft)
    answers = read_answers(turn.text) or _one_word(turn, draft, questions)
    if not answers or not _answers_something(draft, questions, answers):
        return False
    changed = Changed()
    taken = [_take(turn, draft, questions, answer, changed) for answer in answers]
    if not all(taken):
        turn.say("pick.not_offered")
    if any(taken):
        show.changed_summary(turn, draft, changed)
        turn.outcome = "picked"
    else:
        show.draft_summary(turn, draft)
    return True


def _answers_something(draft: OrderDraft, questions: list[DraftLine], answers: tuple[Answer, ...]) -> bool:
    """Whether something is asked, or each answer names a line and its new quantity ("2: 30")."""
    numbers = {line.no for line in shown(draft)}
    edits = all(answer.quantity is not None and answer.no in numbers for answer in answers)
    return bool(questions) or draft.ship_to is None or bool(draft.asked_days) or edits


def _one_word(turn: Turn, draft: OrderDraft, questions: list[DraftLine]) -> tuple[Answer, ...]:
    """With one question open: a number answers it when the quantity is in doubt, words when they fit one choice."""
    if not questions and draft.ship_to is None:
        return _place_by_words(turn, draft)
    if not questions and draft.asked_days:
        said = read_number(turn.text)
        return () if said is None or said != said.to_integral_value() else (Answer(day=int(said)),)
    if len(questions) != 1:
        return ()
    line = questions[0]
    number = read_number(turn.text)
    if number is not None and "item" not in line.doubts:
        return (Answer(no=line.no, quantity=number),)
    fitting = _by_words(turn, draft, line)
    return () if fitting is None else (Answer(no=line.no, position=fitting),)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _by_words(turn: Turn, draft: OrderDraft, line: DraftLine) -> int | None:
    party = turn.session.get_one(Party, draft.party_code)
    goods = goods_of(turn.session, {entry["sku"] for entry in line.candidates}, price_list=party.price_list)
    said = _words(turn.text)
    fitting = [
        position
        for position, entry in enumerate(line.candidates)
        if shortage.SHORT not in entry and said and said <= _words(choice_text(goods, line, entry))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _place_by_words(turn: Turn, draft: OrderDraft) -> tuple[Answer, ...]:
    said = _words(turn.text)
    fitting = [
        number
        for number, place in enumerate(drafts.places(turn.session, draft.party_code), 1)
        if said and said <= _words(f"{place.code} {place.name} {place.address} {place.city}")
    ]
    return (Answer(place=fitting[0]),) if len(fitting) == 1 else ()


def _take(turn: Turn, draft: OrderDraft, questions: list[DraftLine], answer: Answer, changed: Changed) -> bool:
    if answer.place is not None:
        return _take_place(turn, draft, answer.place)
    if answer.day is not None:
        return days.by_number(draft, answer.day)
    if answer.no is None:
        line = questions[0] if len(questions) == 1 else None
    else:
        line = next((line for line in shown(draft) if line.no == answer.no), None)
    if line is None:
        return False
    if answer.quantity is not None:
        return _take_quantity(line, answer, changed)
    return choose(turn, draft, line, answer.position or 0, changed)


def _take_quantity(line: DraftLine, answer: Answer, changed: Changed) -> bool:
    """A quantity alone settles no doubt about the item."""
    if line.sku is None or not answer.quantity:
        return False
    asked = bool(line.doubts or line.problem)
    line.quantity = answer.quantity
    if line.uom is None and line.candidates:
        line.uom = line.candidates[0]["uom"]
    drafts.settle(line)
    line.picked = line.picked or asked
    changed.lines.add(line.no)
    return True


def _take_place(turn: Turn, draft: OrderDraft, number: int) -> bool:
    places = drafts.places(turn.session, draft.party_code)
    if not 1 <= number <= len(places):
        return False
    draft.ship_to = places[number - 1].code
    return True


def tapped(turn: Turn, draft: OrderDraft, arg: str, changed: Changed) -> bool:
    """A choice by the argument of its button or row: of a line, a place, a day, or of all lines that are short."""
    number, _, position = arg.partition(".")
    if number == "s":
        return choose_place(turn, draft, position)
    if number == "d":
        return days.tapped(draft, position)
    if number == ALL:
        return shortages.take_all(turn, draft, position, changed)
    line = next((line for line in draft.lines if str(line.no) == number and not line.left_out), None)
    return line is not None and position.isdecimal() and choose(turn, draft, line, int(position), changed)


def choose_place(turn: Turn, draft: OrderDraft, code: str) -> bool:
    """Send it to the place of this code, if it is one of the firm's."""
    known = code in [place.code for place in drafts.places(turn.session, draft.party_code)]
    draft.ship_to = code if known else draft.ship_to
    return known


def choose(turn: Turn, draft: OrderDraft, line: DraftLine, position: int, changed: Changed) -> bool:
    """Settle a line by its choice at `position`; the words asked about become a proposed alias."""
    if not 0 <= position < len(line.candidates):
        return False
    chosen = line.candidates[position]
    if shortage.SHORT in chosen:
        return shortages.take(turn, draft, line, chosen[shortage.SHORT], changed)
    words, source, doubts, problem = line.item_words or line.source, line.source, set(line.doubts), line.problem
    settled = drafts.pick(draft, line, chosen)
    changed.lines.add(settled.no)
    if words and (doubts & {"item", "uom"} or problem == Problem.INACTIVE) and settled is line:
        aliases.learn_pick(
            turn.session,
            party_code=draft.party_code,
            phrase=words,
            sku=chosen["sku"],
            uom=chosen["uom"] if "uom" in doubts else None,
            inbound_id=turn.inbound.id,
            message=source,
        )
    return True
