"""The steps of a reading, each a function of the work in progress that also writes its line of the trace."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from nlp import (
    aliases,
    atoms,
    companions,
    comparing,
    confidence,
    dates,
    edits,
    evidence,
    firms,
    furniture,
    habits,
    handing_out,
    intents,
    kin,
    languages,
    leftover,
    line_days,
    lines,
    prices,
    quantities,
    references,
    rest,
    tokens,
    unwanted,
    vetoes,
    wanted,
)
from nlp import search as joint
from nlp import slots as slot_rules
from nlp.atoms import Atom
from nlp.catalogue import joined_numbers
from nlp.found import Setting
from nlp.lookup import SYNONYM
from nlp.quantities import Quantity
from nlp.tokens import Kind
from nlp.units import Fit, resolve
from nlp.values import Doubt
from nlp.vocabulary import vocabulary
from nlp.work import Work

HABIT_BASE, HABIT_STEP, HABIT_MOST = 0.45, 0.25, 1.2
UNIT_SCORES = {Fit.EXACT: 0.5, Fit.SCALED: 0.35, Fit.LOOSE: 0.0, Fit.NONE: -0.9}
ODD_AMOUNT, ODDEST = -0.4, -1.6
NULL_LINE = -0.3


def cut(work: Work) -> None:
    found = tokens.tokens(work.text)
    work.language = languages.spoken(found, work.catalogue, vocabulary())
    work.atoms = atoms.atoms(found, vocabulary(), work.catalogue.mixed, work.language.removesuffix("-Latn"))
    numbers = [f"{atom.text} = {atom.number}" for atom in work.atoms if atom.number is not None]
    work.note("tokens", f"{len(found)} tokens, {len(work.atoms)} atoms", *numbers)


def set_aside(work: Work) -> None:
    buyer = work.speaker.role in ("buyer", "sales_rep")
    work.slots |= furniture.furnish(work.text, work.atoms, buyer=buyer)
    firm = work.catalogue.customer_of.get(work.speaker.customer or "")
    if buyer and firm is not None:
        furniture.name_sender(work.atoms, firm, work.catalogue.words)
    claimed = [f"{atom.text}: {atom.taken}" for atom in work.atoms if atom.taken]
    work.note("furniture", f"{len(claimed)} atoms set aside", *claimed[:20])


def find_dates(work: Work) -> None:
    work.dates = dates.find_dates(work.text, work.atoms, work.moment, vocabulary())
    work.requested_on = wanted.wanted_on(work)
    if work.speaker.role in ("buyer", "sales_rep"):
        line_days.claim_halves(work)
    work.note("dates", f"requested {work.requested_on}", *(f"{f.day} {f.why} at {f.start}" for f in work.dates))


def find_prices(work: Work) -> None:
    work.percents = prices.find_percents(work.atoms)
    work.prices = prices.find_prices(work.atoms)
    work.note(
        "prices", f"{len(work.prices)} prices, {len(work.percents)} percentages", *(str(p.price) for p in work.prices)
    )


def find_firm(work: Work) -> None:
    if work.speaker.role == "buyer" and len(work.speaker.may_order_for) < 2:
        return
    found = firms.find_firm(work.atoms, work.catalogue, work.speaker.may_order_for)
    if found is not None:
        code, places = found
        work.slots["customer"] = code
        for at in firms.together(places):
            if work.atoms[at].taken is None:
                work.atoms[at].taken = "firm"
    work.note("firm", work.slots.get("customer", "none named"))


def find_references(work: Work) -> None:
    work.slots |= references.find_references(
        work.text,
        work.atoms,
        work.catalogue,
        work.speaker.role,
        work.speaker.production_orders,
        [line.order for line in work.speaker.history] + [order.number for order in work.context.orders],
    )
    work.note("references", ", ".join(f"{name} {value}" for name, value in work.slots.items()) or "none")


def find_edits(work: Work) -> None:
    """Lines named by their number are edits of the draft, whatever else the message looks like."""
    if work.speaker.role in ("buyer", "sales_rep"):
        draft = work.context.draft
        only = edits.line_meant(draft, work.context.quoted)
        work.edits = edits.edits(work.atoms, draft, work.catalogue, vocabulary(), only=only)
    work.note(
        "edits", f"{len(work.edits)} lines named by number", *(f"{c.op.value} {c.sku} {c.quantity}" for c in work.edits)
    )


def find_aliases(work: Work) -> None:
    work.habits = dict(habits.habits(work.speaker.history, work.catalogue))
    work.hits = aliases.find_aliases(work.atoms, work.speaker.aliases, work.catalogue)
    work.hits += kin.of_another_size(work.atoms, work.hits, work.speaker.aliases, work.catalogue)
    aliases.are_no_units(work.atoms, work.hits, vocabulary())
    aliases.names_are_no_units(work.atoms, work.catalogue, vocabulary())
    aliases.names_are_no_noise(work.atoms, work.catalogue, vocabulary())
    aliases.are_goods(work.atoms, work.catalogue, vocabulary())
    facts = (f"atoms {hit.start}-{hit.end}: {work.catalogue.items[hit.row].sku}" for hit in work.hits)
    work.note("aliases", f"{len(work.hits)} aliases, {len(work.habits)} items bought before", *facts)


def find_quantities(work: Work) -> None:
    joined = (at for said, at in joined_numbers(work.atoms) if said in work.catalogue.joined)
    named = {place for at in joined for place in (at, at + 2)}
    of_all = quantities.unit_of_all(work.atoms)
    work.quantities = list(quantities.quantities(work.atoms, named))
    if of_all is not None:
        work.atoms[of_all].taken = "unit"
    facts = (f"{q.value} {q.unit or '-'} at atom {q.start} ({q.score:+.2f})" for q in work.quantities)
    work.note("quantities", f"{len(work.quantities)} hypotheses", *facts)


def weigh(work: Work) -> None:
    buyer = work.speaker.role in ("buyer", "sales_rep")
    if buyer:
        work.hits = [hit for hit in work.hits if work.catalogue.sold[hit.row]]
    work.evidence = evidence.gather(
        work.text, work.atoms, work.catalogue, vocabulary(), work.hits, work.habits, buyer=buyer
    )
    work.setting = Setting(work.text, work.atoms, work.evidence, work.catalogue, vocabulary(), work.habits, work.hits)
    work.note("evidence", f"{len(work.evidence.rows)} candidate items")


def _habit_vector(work: Work) -> joint.Vector:
    assert work.evidence is not None
    vector = np.zeros(len(work.evidence.rows) + 1)
    vector[0] = NULL_LINE
    for sku, habit in work.habits.items():
        column = work.evidence.column.get(work.catalogue.row_of[sku])
        if column is not None:
            vector[column] = min(HABIT_MOST, HABIT_BASE + HABIT_STEP * float(np.log(habit.orders)))
    return vector


class _Fitness:
    """How well a quantity's unit and amount fit each candidate, units worked out once each."""

    def __init__(self, work: Work) -> None:
        assert work.evidence is not None
        self.work, self.evidence = work, work.evidence
        self.units: dict[str, joint.Vector] = {}
        self.bought = [
            (column, work.catalogue.items[int(work.evidence.rows[column - 1])], habit)
            for sku, habit in work.habits.items()
            if (column := work.evidence.column.get(work.catalogue.row_of[sku])) is not None
        ]

    def unit(self, concept: str) -> joint.Vector:
        known = self.units.get(concept)
        if known is None:
            catalogue = self.work.catalogue
            packing = catalogue.packing[self.evidence.rows]
            fits = {
                int(one): UNIT_SCORES[resolve(concept, item, ladder, vocabulary()).fit]
                for one in np.unique(packing)
                for item, ladder in [catalogue.packings[one]]
            }
            known = np.array([0.0, *(fits[int(one)] for one in packing)])
            self.units[concept] = known
        return known

    def __call__(self, quantity: Quantity) -> joint.Vector:
        scores = self.unit(quantity.unit).copy() if quantity.unit else np.zeros(len(self.evidence.rows) + 1)
        for column, item, habit in self.bought:
            ladder = self.work.catalogue.ladders.get(item.sku, {})
            if quantity.unit:
                resolved = resolve(quantity.unit, item, ladder, vocabulary(), habit.usual_uom)
                uom, factor = resolved.uom, resolved.factor
            else:
                uom, factor = habit.usual_uom, Decimal(1)
            if uom is not None and uom in ladder:
                distance = habit.distance(quantity.value * factor * ladder[uom].factor)
                scores[column] += max(ODDEST, ODD_AMOUNT * max(0.0, distance - 1.1))
        return scores


def _named(segment: joint.Segment, work: Work) -> joint.Segment | None:
    """A line needs a word besides its quantity; a number alone is left over, and casts doubt on its neighbours."""
    assert work.evidence is not None
    held = segment.quantity
    places = [at for at in range(segment.start, segment.end) if held is None or not held.start <= at < held.end]
    speaking = [at for at in places if segment.column and work.evidence.text[at, segment.column] > 0]
    if held is None and segment.score < 0 and all(_hardly_names(at, work) for at in speaking):
        return None
    if speaking:
        return segment
    if any(work.atoms[at].wordlike and work.evidence.content[at] for at in places):
        return replace(segment, column=0)
    return None


def _hardly_names(at: int, work: Work) -> bool:
    """A word that only resembles goods, or is noise: no line without an amount, for `usi` (that very) is no needle."""
    assert work.evidence is not None
    atom = work.atoms[at]
    return atom.number is None and (atom.noise is not None or work.evidence.likeness[at] < SYNONYM)


def _shared(work: Work) -> list[bool]:
    """For each place between atoms, whether `dono 5-5` or `each` near it may say the quantity of several items."""
    said = {at for quantity in work.quantities if quantity.spread for at in range(quantity.start, quantity.end)}
    of_all = {at for at, atom in enumerate(work.atoms) if atom.taken == "unit"}
    said |= {
        at
        for at, atom in enumerate(work.atoms)
        if atom.fold in vocabulary().each and not of_all & set(range(at, at + 4)) and not _counts(work.atoms, at)
    }
    reach = [_reach(work, at) for at in said]
    return [any(first <= place <= last for first, last in reach) for place in range(len(work.atoms) + 1)]


def _reach(work: Work, at: int) -> tuple[int, int]:
    """From the text line above to the clause of the `each`, or to its line's end if no goods stand before it.

    `dono a, b 5` is for both; in `a, b dono 5-5, c 10` the goods behind the comma are no more of them.
    """
    assert work.evidence is not None
    breaks = [place for place, atom in enumerate(work.atoms) if atom.kind is Kind.BREAK]
    before = [place for place in breaks if place < at]
    first = before[-2] + 1 if len(before) > 1 else 0
    own = range(before[-1] + 1 if before else 0, at)
    ends = breaks
    if any(work.evidence.content[place] and work.atoms[place].number is None for place in own):
        ends = [place for place, atom in enumerate(work.atoms) if evidence.parts_clauses(atom) or atom.text in ".)"]
    return first, next((place for place in ends if place > at), len(work.atoms))


def _counts(atoms: list[Atom], at: int) -> bool:
    """`be dozen`, `bey peti`: a number with its unit, and no word for both."""
    behind = atoms[at + 1] if at + 1 < len(atoms) else None
    return atoms[at].number is not None and behind is not None and behind.unit is not None


def search(work: Work) -> None:
    assert work.evidence is not None
    if not work.atoms:
        work.note("search", "nothing to read")
        return
    habit = _habit_vector(work)
    found = joint.best_lines(work.evidence, work.quantities, habit, _Fitness(work), shared=_shared(work))
    work.layout, work.rivals = found.layout, found.rivals
    work.segments = [named for segment in found.segments if (named := _named(segment, work)) is not None]
    facts = []
    for segment in work.segments:
        name = (
            "(not sold here)"
            if segment.column == 0
            else work.catalogue.items[int(work.evidence.rows[segment.column - 1])].sku
        )
        words = work.text[work.atoms[segment.start].start : work.atoms[segment.end - 1].end]
        facts.append(f"{words!r} -> {name} ({segment.score:+.2f})")
    work.note("search", f"{len(work.segments)} lines, quantity {work.layout.value}, score {found.score:.2f}", *facts)


def make_lines(work: Work) -> None:
    assert work.setting is not None
    work.segments = comparing.taken_in(work.segments, work.atoms, vocabulary())
    work.segments = companions.shared_quantities(work.segments, work.setting)
    heads = companions.headings(work.segments, work.setting)
    for at in heads:
        for place in range(work.segments[at].start, work.segments[at].end):
            work.atoms[place].taken = work.atoms[place].taken or "heading"
    work.found = companions.decide_all(work.segments, work.setting, heads)
    lines.attach_prices(work.found, work.prices)
    facts = [f"{handing_out.describe(found, work.setting)}" for found in work.found]
    work.note("lines", f"{len(work.found)} lines", *facts)


def veto(work: Work) -> None:
    assert work.setting is not None
    raised = vetoes.apply(work.found, work.setting, work.rivals)
    work.note("vetoes", f"{len(raised)} raised", *raised)


def weigh_doubts(work: Work) -> None:
    """How sure each line is; what is less sure than the budget for wrong lines asks becomes a question."""
    assert work.setting is not None
    table = confidence.fitted()
    for found in work.found:
        seen = confidence.signs(found, work.setting, work.found, work.rivals)
        sure = confidence.confidence(seen, table) if seen else confidence.UNKNOWN
        if not found.doubts and sure < table.least:
            found.doubt(Doubt.ITEM, f"not sure enough: {sure:.3f} of at least {table.least}")
        found.confidence = round(sure if not found.doubts else min(sure, confidence.UNSURE), 3)
    facts = [f"{found.confidence} {handing_out.describe(found, work.setting)}" for found in work.found]
    work.note("confidence", f"least to post {table.least}", *facts)
    work.lines = [handing_out.as_line(found, work.setting) for found in work.found]


def judge_intent(work: Work) -> None:
    intents.judge(work)


def add_rest(work: Work) -> None:
    unwanted.leave_out(work)
    rest.add_rest(work)


def fill_slots(work: Work) -> None:
    slot_rules.fill(work)


def leave_over(work: Work) -> None:
    leftover.collect(work)
