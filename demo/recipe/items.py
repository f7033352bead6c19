"""From product families to items: codes, names, pack ladders, costs, successors and second MRPs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from recipe import biscuits, materials, savouries
from recipe.families import Family, Pack, grams
from recipe.tables import Table, rupees, share, table

SOLD_BY_THE_PACKET_FROM_MRP = Decimal(15)
"""Cheaper packets leave the plant in strips, boxes and cases only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One rung of an item's pack ladder: one `uom` is `factor` base units."""

    uom: str
    factor: Decimal
    decimals: bool = False
    sales: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One SKU with its ladder and the attributes that tell it from its neighbours."""

    sku: str
    name: str
    brand: str
    category: str
    base_uom: str
    order_uom: str
    mrp: Decimal
    cost: Decimal
    ladder: tuple[Rung, ...]
    hsn: str
    gst_rate: Decimal
    group: str
    plant: str
    weight_kg: Decimal
    shelf_life_days: int
    line: str = ""
    variant: str = ""
    size: str = ""
    pack: str = ""
    active: bool = True
    replaced_by: str = ""
    moq: Decimal | None = None
    multiple: Decimal | None = None
    sold: bool = True

    def factor(self, uom: str) -> Decimal:
        """How many base units one `uom` is; KeyError when the ladder has no such rung."""
        return {rung.uom: rung.factor for rung in self.ladder}[uom]

    @property
    def attributes(self) -> tuple[str, ...]:
        """What tells an item from its neighbours."""
        return (self.brand, self.line, self.variant, self.size, self.pack)


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """Everything sold or made of, by SKU, in the order of the price list."""

    by_sku: Mapping[str, Item] = field(default_factory=dict)

    def __getitem__(self, sku: str) -> Item:
        return self.by_sku[sku]

    @property
    def sold(self) -> list[Item]:
        """What customers may or once could order."""
        return [item for item in self.by_sku.values() if item.sold]

    @property
    def active(self) -> list[Item]:
        """What customers may order today."""
        return [item for item in self.sold if item.active]

    @property
    def predecessors(self) -> dict[str, str]:
        """Successor → the discontinued item that is only one step before it."""
        return {item.replaced_by: item.sku for item in self.sold if item.replaced_by}


def catalogue() -> Catalogue:
    """All items: the families' products, their discontinued forms, second MRPs, raw and packing materials."""
    made = {item.sku: item for family in (*biscuits.FAMILIES, *savouries.FAMILIES) for item in _of(family)}
    for sku, mrp in (*biscuits.SECOND_MRP, *savouries.SECOND_MRP):
        made |= {item.sku: item for item in _with_second_mrp(made[sku], Decimal(mrp))}
    for old, size, successor in (*biscuits.DISCONTINUED, *savouries.DISCONTINUED):
        made[old] = _discontinued(made[successor], sku=old, size=size)
    for gone, name, like in (*biscuits.GONE_FOR_GOOD, *savouries.GONE_FOR_GOOD):
        made[gone] = replace(made[like], sku=gone, name=name, variant=name.split()[-3], active=False)
    for sku, moq, multiple in (*biscuits.ORDER_SIZES, *savouries.ORDER_SIZES):
        made[sku] = replace(made[sku], moq=Decimal(moq), multiple=Decimal(multiple))
    bought = {material.sku: _bought(material) for material in materials.MATERIALS}
    return Catalogue(by_sku=dict(sorted(made.items())) | bought)


def _of(family: Family) -> Iterator[Item]:
    for variant_code, variant in family.variants.items():
        for pack in family.packs:
            if (variant_code, pack.code) not in family.left_out:
                yield _item(family, variant_code=variant_code, variant=variant, pack=pack)


def _item(family: Family, *, variant_code: str, variant: str, pack: Pack) -> Item:
    name = " ".join(f"{family.name.format(variant=variant)} {pack.size} {pack.kind}".split())
    return Item(
        sku="-".join(part for part in (family.code, variant_code, pack.code) if part),
        name=name,
        brand=family.brand,
        category=family.category,
        base_uom=pack.base,
        order_uom=pack.ladder[-1][0],
        mrp=Decimal(pack.mrp),
        cost=rupees(Decimal(pack.mrp) * share(family.cost_percent)),
        ladder=tuple(_ladder(pack)),
        hsn=family.hsn,
        gst_rate=Decimal(family.gst_rate),
        group=family.group,
        plant=family.plant,
        weight_kg=Decimal(1) if pack.base == "KG" else _kilograms(pack.size),
        shelf_life_days=family.shelf_life_days,
        line=family.line,
        variant=variant or "original",
        size=pack.size,
        pack=pack.kind or "packet",
    )


def _kilograms(size: str) -> Decimal:
    return Decimal(grams(size)) / 1000


def _ladder(pack: Pack) -> Iterator[Rung]:
    loose = pack.base == "KG"
    single = loose or Decimal(pack.mrp) >= SOLD_BY_THE_PACKET_FROM_MRP
    yield Rung(uom=pack.base, factor=Decimal(1), decimals=loose, sales=single)
    factor = Decimal(1)
    for uom, count in pack.ladder:
        factor *= count
        yield Rung(uom=uom, factor=factor)


def _with_second_mrp(item: Item, mrp: Decimal) -> Iterator[Item]:
    """Yield the same goods before and after a price change: two codes while both are in the trade."""
    yield replace(item, name=f"{item.name} MRP {item.mrp}")
    cost = rupees(item.cost * mrp / item.mrp)
    yield replace(item, sku=f"{item.sku}-{mrp}", name=f"{item.name} MRP {mrp}", mrp=mrp, cost=cost)


def _discontinued(successor: Item, *, sku: str, size: str) -> Item:
    name = successor.name.replace(successor.size, size)
    return replace(
        successor,
        sku=sku,
        name=name,
        size=size,
        weight_kg=_kilograms(size),
        active=False,
        replaced_by=successor.sku,
    )


def _bought(material: materials.Material) -> Item:
    """Raw and packing material: on the list for stock and recipes, in no unit for sale."""
    rungs = [Rung(uom=material.uom, factor=Decimal(1), decimals=material.uom != "PCS", sales=False)]
    if material.bulk_uom:
        rungs.append(Rung(uom=material.bulk_uom, factor=Decimal(material.bulk), sales=False))
    return Item(
        sku=material.sku,
        name=material.name,
        brand="",
        category=material.category,
        base_uom=material.uom,
        order_uom=rungs[-1].uom,
        mrp=Decimal(material.cost),
        cost=Decimal(material.cost),
        ladder=tuple(rungs),
        hsn=material.hsn,
        gst_rate=Decimal(material.gst_rate),
        group=material.category,
        plant="",
        weight_kg=Decimal(1) if material.uom == "KG" else Decimal("0.01"),
        shelf_life_days=180,
        sold=False,
    )


ITEM_COLUMNS = (
    "sku,name,brand,category,base_uom,order_uom,mrp,cost,active,hsn,gst_rate,moq,multiple,weight_kg,"
    "shelf_life_days,group,replaced_by,plant,line,variant,size,pack"
)


def tables(items: Catalogue) -> Iterator[Table]:
    """`items.csv` and `uoms.csv`."""
    columns = ITEM_COLUMNS.split(",")
    rows = ({name: getattr(item, name) for name in columns} for item in items.by_sku.values())
    yield table("items.csv", ITEM_COLUMNS, rows)
    yield table(
        "uoms.csv",
        "sku,uom,factor,decimals,sales",
        (
            {
                "sku": item.sku,
                "uom": rung.uom,
                "factor": rung.factor,
                "decimals": rung.decimals,
                "sales": rung.sales,
            }
            for item in items.by_sku.values()
            for rung in item.ladder
        ),
    )
