"""The unit and the amount of a line, and whether they are plausible: each doubt found here becomes a question."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from nlp.fold import fold, is_size
from nlp.found import Found, Setting, own_atoms
from nlp.habits import Habit
from nlp.plainness import PLAIN
from nlp.quantities import Quantity
from nlp.units import Fit, Resolved, resolve
from nlp.values import Doubt, ItemRecord, UomRecord
from nlp.vocabulary import Role

SEALED = frozenset(
    {
        "CASE",
        "BOX",
        "CRATE",
        "PKT",
        "POUCH",
        "SET",
        "PCS",
        "TIN",
        "CAN",
        "BKT",
        "DRUM",
        "JAR",
        "BTL",
        "TUBE",
        "KIT",
        "PAIR",
    }
)


def _alias_uom(found: Found, setting: Setting) -> str | None:
    if found.chosen is None:
        return None
    row = int(setting.evidence.rows[found.chosen - 1])
    for hit in setting.hits:
        if hit.row == row and hit.uom and found.segment.start <= hit.start < found.segment.end:
            return hit.uom
    return None


def judge_amount(found: Found, setting: Setting) -> None:
    quantity = found.segment.quantity
    if quantity is None:
        found.doubt(Doubt.QUANTITY, "no quantity said")
        return
    found.quantity, found.free = quantity.value, quantity.free
    if quantity.high is not None:
        found.doubt(Doubt.QUANTITY, "a range")
    if quantity.unit not in SEALED and _may_add_a_half(quantity.start - 1, found, setting):
        found.doubt(Doubt.QUANTITY, f"{setting.atoms[quantity.start - 1].text} may add a half")
    if quantity.product:
        found.doubt(Doubt.QUANTITY, "a multiplication")
    open_or_crowded = found.chosen is None or _number_follows(quantity.end, setting)
    if quantity.unit is None and open_or_crowded and _may_be_a_name(found, setting):
        found.doubt(Doubt.QUANTITY, "the number may belong to the name")
    after = quantity.end
    if quantity.unit is None and _next_unit(after, setting) and not _begins_a_size(after, setting):
        found.doubt(Doubt.UOM, f"{setting.atoms[quantity.end].text} after the quantity does not fit")
    if quantity.unit in SEALED and quantity.value != quantity.value.to_integral_value():
        found.doubt(Doubt.QUANTITY, "part of a closed pack")
    _judge_unit(found, quantity, setting)


def _judge_unit(found: Found, quantity: Quantity, setting: Setting) -> None:
    column = found.chosen if found.chosen is not None else (found.ties[0] if found.ties else None)
    if column is None or column == 0:
        return
    resolved = amount_for(column, found, setting)
    if resolved is None:
        found.doubt(Doubt.UOM, f"{quantity.unit} is no unit of this item")
        return
    found.uom = resolved.uom
    found.quantity = quantity.value * resolved.factor
    if quantity.unit is None and found.uom in SEALED and found.quantity % 1:
        found.doubt(Doubt.QUANTITY, "part of a closed pack")
    if found.chosen is not None:
        _judge_plausible(found, resolved, setting)


def _may_add_a_half(at: int, found: Found, setting: Setting) -> bool:
    """Gujarati `sada tran` is three and a half; to most others `sada` is plain, and to a Bengali white."""
    if at < found.segment.start:
        return False
    before = setting.atoms[at]
    plain = before.number is None and fold(before.meant) in ("", PLAIN)
    return plain and before.wordlike and Role.ADDED in setting.words.roles(before.text)


def _may_be_a_name(found: Found, setting: Setting) -> bool:
    """Some item that fits carries this very number, and no other word of the line has said it."""
    quantity = found.segment.quantity
    assert quantity is not None
    said = {setting.atoms[at].number for at in own_atoms(found.segment)}
    before = setting.atoms[quantity.start - 1] if quantity.start else None
    if quantity.value in said or quantity.spread or (before is not None and before.text in "-–—=:"):
        return False
    return any(float(setting.evidence.text[quantity.start, column]) >= 1.5 for column in found.ties)


def _number_follows(at: int, setting: Setting) -> bool:
    return at < len(setting.atoms) and setting.atoms[at].number is not None and setting.atoms[at].taken is None


def _next_unit(at: int, setting: Setting) -> str | None:
    atom = setting.atoms[at] if at < len(setting.atoms) else None
    return atom.unit if atom is not None and atom.taken is None and atom.number is None else None


def _begins_a_size(at: int, setting: Setting) -> bool:
    """`M 10 L 20`: the letter and the number behind it are the next size with its amount."""
    follows = at + 1 < len(setting.atoms) and setting.atoms[at + 1].number is not None
    return follows and is_size(setting.atoms[at].plain)


def amount_for(column: int, found: Found, setting: Setting) -> Resolved | None:
    """The unit meant if the item is that of `column`: said, or the alias's, or the habit's, or the order unit."""
    item = setting.item(column)
    ladder = setting.catalogue.ladders.get(item.sku, {})
    habit = setting.habit(column)
    usual = habit.usual_uom if habit else None
    quantity = found.segment.quantity
    if quantity is None or quantity.unit is None:
        alias_uom = _alias_uom(found, setting) if column == found.chosen else None
        for uom in (alias_uom, usual, item.order_uom):
            if uom and uom in ladder:
                return Resolved(Fit.EXACT, uom)
        return None
    resolved = resolve(quantity.unit, item, ladder, setting.words, usual)
    if resolved.fit is Fit.NONE:
        return None
    if (
        resolved.fit is Fit.SCALED
        and quantity.unit in ("DOZ", "GRS")
        and resolved.uom not in (usual or item.order_uom, quantity.unit)
    ):
        return None  # a dozen of what this customer takes by the box of ten is no clear amount
    unusual = resolved.fit is Fit.LOOSE and resolved.uom != usual
    if unusual and not _loosely(quantity.unit, resolved.uom, item, setting):
        return None
    return resolved


def _loosely(concept: str, uom: str | None, item: ItemRecord, setting: Setting) -> bool:
    """A loose unit counts if it can mean but one thing: `peti` of what is ordered by the box, `bottle` of a bottle."""
    if concept in ("CASE", "BOX"):
        return (uom == item.order_uom and uom != item.base_uom) or (
            concept == "CASE" and uom == item.order_uom == "BOX"
        )
    if concept in ("PCS", "PKT"):
        return uom == item.base_uom
    feature = setting.catalogue.features[setting.catalogue.row_of[item.sku]]
    named = any(setting.words.roles(word).get(Role.UNIT) == concept for word in feature.words)
    liquid = concept == "BTL" and any(measure[0] == "ml" for measure in feature.measures)
    return uom == item.base_uom and (named or liquid)


def _judge_plausible(found: Found, resolved: Resolved, setting: Setting) -> None:
    assert found.chosen is not None
    assert found.segment.quantity is not None
    sku = setting.sku(found.chosen)
    ladder = setting.catalogue.ladders.get(sku, {})
    rung = ladder.get(resolved.uom or "")
    habit = setting.habits.get(sku)
    quantity = found.quantity or Decimal(0)
    if rung is None:
        found.doubt(Doubt.UOM, "no rung of the pack ladder")
        return
    if not rung.decimals and quantity != quantity.to_integral_value():
        found.doubt(Doubt.QUANTITY, "not sold in fractions")
    unit_said = found.segment.quantity.unit is not None
    largest = max((one.largest * one.factor for one in ladder.values() if one.largest), default=None)
    if habit is not None and _is_measured(found, setting) and _breaks_a_pack(quantity, rung, habit, ladder):
        found.doubt(Doubt.QUANTITY, "no whole number of what this customer always takes")
    if habit is not None and habit.is_odd(quantity * rung.factor, uom=rung.uom, unit_said=unit_said, largest=largest):
        found.doubt(Doubt.QUANTITY, f"far from the usual {habit.median} base units")
    elif habit is not None and habit.is_unusual(quantity * rung.factor):
        found.unusual = True
    elif habit is None and quantity >= 2000 and rung.factor > 1:
        found.doubt(Doubt.QUANTITY, "an amount nobody orders")
    elif habit is None and found.segment.quantity.unit is None and _beyond_all(quantity, resolved.uom, setting):
        found.doubt(Doubt.UOM, "more than this customer takes of anything in this unit")


def _is_measured(found: Found, setting: Setting) -> bool:
    quantity = found.segment.quantity
    meaning = setting.words.meanings.get(quantity.unit or "") if quantity is not None else None
    return meaning is not None and meaning.measure is not None


def _breaks_a_pack(quantity: Decimal, rung: UomRecord, habit: Habit, ladder: Mapping[str, UomRecord]) -> bool:
    """`125 litre` of what is always bought by the crate of twelve: in a unit never used, and no whole number of his."""
    usual = ladder.get(habit.usual_uom or "")
    used = any(code == rung.uom for code, _ in habit.most)
    return not used and usual is not None and usual.factor > 1 and quantity * rung.factor % usual.factor != 0


def _beyond_all(quantity: Decimal, uom: str | None, setting: Setting) -> bool:
    """Without a unit and without a habit: over three times the most this customer takes of any item in that unit."""
    most = max(
        (amount for habit in setting.habits.values() for code, amount in habit.most if code == uom), default=None
    )
    return most is not None and quantity > 3 * most
