"""Biscuits, cookies, rusk and wafers, baked at Pithampur. All brands are invented."""

from recipe.families import Family, pack

_SWEET, _PLAIN, _WAFER, _RUSK = "19053100", "19059020", "19053290", "19054000"


def _box(inner: int, outer: int) -> tuple[tuple[str, int], ...]:
    return (("BOX", inner), ("CASE", outer))


FAMILIES = (
    Family(
        code="KG",
        brand="Kutku-G",
        line="Glucose",
        name="Kutku-G {variant} Glucose Biscuit",
        category="biscuit",
        group="glucose",
        plant="PTH",
        hsn=_SWEET,
        variants={"": "", "DO": "Doodh", "BA": "Badam"},
        packs=(
            pack("050", "50 g", 5, *_box(24, 6)),
            pack("100", "100 g", 10, *_box(12, 6)),
            pack("200", "200 g", 20, *_box(12, 4)),
            pack("400", "400 g", 40, *_box(6, 4)),
            pack("800", "800 g", 75, *_box(4, 3)),
        ),
        left_out=frozenset({("BA", "400"), ("BA", "800")}),
        cost_percent=60,
    ),
    Family(
        code="CB",
        brand="Chaubis 24-24",
        line="Cookies",
        name="Chaubis 24-24 {variant} Cookies",
        category="biscuit",
        group="cookies",
        plant="PTH",
        hsn=_SWEET,
        variants={"BU": "Butter", "KA": "Kaju", "JE": "Jeera", "CC": "Choco Chip", "BP": "Badam Pista"},
        packs=(
            pack("040", "40 g", 5, *_box(24, 6)),
            pack("075", "75 g", 10, *_box(12, 8)),
            pack("150", "150 g", 25, *_box(12, 4)),
            pack("300", "300 g", 48, *_box(6, 4)),
        ),
        left_out=frozenset({("BP", "040"), ("JE", "300")}),
    ),
    Family(
        code="SM",
        brand="Sanjh",
        line="Marie 365",
        name="Sanjh Marie 365 {variant}",
        category="biscuit",
        group="marie",
        plant="PTH",
        hsn=_SWEET,
        variants={"": "", "OA": "Oats", "GU": "Gur"},
        packs=(
            pack("060", "60 g", 5, *_box(24, 5)),
            pack("120", "120 g", 10, *_box(12, 6)),
            pack("250", "250 g", 30, *_box(12, 3)),
            pack("500", "500 g", 58, *_box(6, 3)),
        ),
        left_out=frozenset({("GU", "500")}),
    ),
    Family(
        code="MC",
        brand="Milap",
        line="Cream",
        name="Milap Cream {variant}",
        category="biscuit",
        group="cream",
        plant="PTH",
        hsn=_SWEET,
        variants={
            "OR": "Orange",
            "EL": "Elaichi",
            "CH": "Chocolate",
            "VA": "Vanilla",
            "ST": "Strawberry",
            "PI": "Pineapple",
        },
        packs=(
            pack("040", "40 g", 5, *_box(24, 6)),
            pack("080", "80 g", 10, *_box(12, 8)),
            pack("150", "150 g", 20, *_box(12, 4)),
            pack("300", "300 g", 40, *_box(6, 4)),
        ),
        left_out=frozenset({("PI", "300"), ("ST", "300")}),
    ),
    Family(
        code="KB",
        brand="Khari Baat",
        line="Cracker",
        name="Khari Baat Cracker {variant}",
        category="biscuit",
        group="cracker",
        plant="PTH",
        hsn=_PLAIN,
        variants={"NA": "Namkeen", "JE": "Jeera", "AJ": "Ajwain", "ME": "Methi", "KM": "Khatta Meetha"},
        packs=(
            pack("050", "50 g", 5, *_box(24, 6)),
            pack("100", "100 g", 10, *_box(12, 8)),
            pack("200", "200 g", 25, *_box(12, 4)),
            pack("400", "400 g", 48, *_box(6, 4)),
        ),
        left_out=frozenset({("ME", "400"), ("KM", "400")}),
    ),
    Family(
        code="DG",
        brand="Dhaanya",
        line="Digestive",
        name="Dhaanya Digestive {variant}",
        category="biscuit",
        group="digestive",
        plant="PTH",
        hsn=_SWEET,
        variants={"HF": "High Fibre", "RA": "Ragi", "M7": "7 Grain", "NS": "No Added Sugar"},
        packs=(
            pack("100", "100 g", 20, *_box(12, 6)),
            pack("250", "250 g", 50, *_box(12, 3)),
            pack("500", "500 g", 95, *_box(6, 3)),
        ),
        cost_percent=52,
    ),
    Family(
        code="SR",
        brand="Subah",
        line="Rusk",
        name="Subah Rusk {variant}",
        category="biscuit",
        group="rusk",
        plant="PTH",
        hsn=_RUSK,
        variants={"EL": "Elaichi", "SU": "Suji", "MI": "Milk", "AT": "Atta"},
        packs=(
            pack("060", "60 g", 10, *_box(12, 6)),
            pack("200", "200 g", 30, *_box(10, 3)),
            pack("300", "300 g", 45, *_box(8, 3)),
            pack("600", "600 g", 85, *_box(6, 2)),
        ),
        shelf_life_days=120,
    ),
    Family(
        code="PW",
        brand="Pankh",
        line="Wafer",
        name="Pankh Wafer {variant}",
        category="biscuit",
        group="wafer",
        plant="PTH",
        hsn=_WAFER,
        variants={"CH": "Chocolate", "VA": "Vanilla", "OR": "Orange", "ST": "Strawberry"},
        packs=(
            pack("030", "30 g", 5, *_box(24, 6)),
            pack("075", "75 g", 10, *_box(12, 8)),
            pack("150", "150 g", 30, *_box(12, 4)),
        ),
    ),
    Family(
        code="CR",
        brand="Chhupa Rustam",
        line="Filled Cookies",
        name="Chhupa Rustam {variant} Filled Cookies",
        category="biscuit",
        group="cookies",
        plant="PTH",
        hsn=_SWEET,
        variants={"CH": "Choco", "HZ": "Hazelnut"},
        packs=(
            pack("030", "30 g", 10, *_box(12, 8)),
            pack("075", "75 g", 30, *_box(12, 6)),
            pack("150", "150 g", 55, *_box(12, 3)),
        ),
        cost_percent=54,
    ),
    Family(
        code="NG",
        brand="Nariyal Gola",
        line="Coconut",
        name="Nariyal Gola Coconut Biscuit {variant}",
        category="biscuit",
        group="glucose",
        plant="PTH",
        hsn=_SWEET,
        variants={"": ""},
        packs=(
            pack("050", "50 g", 5, *_box(24, 6)),
            pack("100", "100 g", 10, *_box(12, 6)),
            pack("200", "200 g", 25, *_box(12, 4)),
            pack("400", "400 g", 48, *_box(6, 4)),
        ),
    ),
    Family(
        code="RT",
        brand="Rajwada",
        line="Gift Tin",
        name="Rajwada {variant} Cookies Gift",
        category="biscuit",
        group="gift",
        plant="PTH",
        hsn=_SWEET,
        variants={"AS": "Assorted", "KA": "Kaju"},
        packs=(
            pack("250", "250 g", 180, ("BOX", 4), ("CASE", 3), kind="Tin", base="TIN"),
            pack("400", "400 g", 280, ("BOX", 3), ("CASE", 4), kind="Tin", base="TIN"),
            pack("700", "700 g", 460, ("BOX", 2), ("CASE", 4), kind="Tin", base="TIN"),
            pack("1K", "1 kg", 640, ("BOX", 2), ("CASE", 3), kind="Tin", base="TIN"),
        ),
        shelf_life_days=240,
        cost_percent=48,
    ),
    Family(
        code="LB",
        brand="Kutku Bakery",
        line="Loose",
        name="Kutku Bakery {variant} Loose",
        category="biscuit",
        group="loose",
        plant="PTH",
        hsn=_PLAIN,
        variants={"NK": "Nankhatai", "TO": "Toast", "KH": "Khari", "JE": "Jeera Biscuit"},
        packs=(pack("4K", "4 kg", 190, ("TRAY", 4), ("BAG", 4), kind="Tray", base="KG"),),
        shelf_life_days=60,
    ),
)

SECOND_MRP = (("SM-250", 32), ("DG-HF-250", 55), ("SR-SU-300", 48))
"""Base item and the new MRP beside the old one."""

DISCONTINUED = (
    ("KG-055", "55 g", "KG-050"),
    ("KG-060", "60 g", "KG-055"),
    ("KG-110", "110 g", "KG-100"),
    ("CB-BU-080", "80 g", "CB-BU-075"),
    ("CB-KA-080", "80 g", "CB-KA-075"),
    ("SR-EL-350", "350 g", "SR-EL-300"),
    ("KB-JE-120", "120 g", "KB-JE-100"),
    ("PW-CH-080", "80 g", "PW-CH-075"),
    ("RT-AS-500", "500 g", "RT-AS-400"),
)
"""Old code, old size, its successor; the first two are a chain."""

GONE_FOR_GOOD = (
    ("MC-MG-080", "Milap Cream Mango 80 g", "MC-OR-080"),
    ("MC-LC-150", "Milap Cream Litchi 150 g", "MC-OR-150"),
)
"""No longer made, with nothing in their place."""

ORDER_SIZES = (
    ("RT-AS-250", 2, 2),
    ("RT-AS-400", 2, 2),
    ("RT-KA-400", 2, 2),
    ("RT-AS-1K", 4, 2),
    ("LB-NK-4K", 3, 1),
    ("LB-TO-4K", 3, 1),
    ("DG-NS-500", 5, 5),
)
"""SKU, smallest order and step, counted in the item's order UoM."""
