"""Noodles, namkeen, chips and papad, made at Butibori. All brands are invented."""

from recipe.families import Family, Pack, pack

_NOODLES, _SEWAI, _NAMKEEN, _EXTRUDED, _CHIPS, _PAPAD = (
    "19023010",
    "19021900",
    "21069099",
    "19059030",
    "20052000",
    "19059040",
)


def _box(inner: int, outer: int) -> tuple[tuple[str, int], ...]:
    return (("BOX", inner), ("CASE", outer))


def _ladi(strips: int) -> tuple[tuple[str, int], ...]:
    """Return strips of twelve packets to hang in the shop, so many to the case."""
    return (("LADI", 12), ("CASE", strips))


_NAMKEEN_PACKS: tuple[Pack, ...] = (
    pack("020", "20 g", 5, *_ladi(20)),
    pack("045", "45 g", 10, *_ladi(12)),
    pack("200", "200 g", 55, *_box(10, 4)),
    pack("400", "400 g", 105, *_box(10, 2)),
    pack("1K", "1 kg", 250, *_box(4, 3)),
)

_NAMKEEN_VARIANTS = {
    "AB": "Aloo Bhujia",
    "RS": "Ratlami Sev",
    "LS": "Laung Sev",
    "S1": "Sev No. 1",
    "S2": "Sev No. 2",
    "S4": "Sev No. 4",
    "KM": "Khatta Meetha",
    "N9": "Navratan 9 Mix",
    "M36": "Mix 36",
    "MD": "Moong Dal",
    "CD": "Chana Dal",
    "PN": "Hing Jeera Peanut",
    "PC": "Poha Chivda",
    "FC": "Falahari Chivda",
    "BM": "Bhel Mix",
    "KJ": "Kaju Mix",
}

FAMILIES = (
    Family(
        code="LN",
        brand="Lachhi",
        line="Noodles",
        name="Lachhi Noodles {variant}",
        category="savoury",
        group="noodles",
        plant="BTB",
        hsn=_NOODLES,
        variants={"MA": "Masala", "CP": "Chatpata", "AT": "Veg Atta", "SZ": "Schezwan", "CU": "Curry"},
        packs=(
            pack("035", "35 g", 7, *_box(12, 12)),
            pack("070", "70 g", 14, *_box(12, 8)),
            pack("140", "2 x 70 g", 28, *_box(12, 4)),
            pack("280", "4 x 70 g", 54, *_box(6, 4)),
            pack("420", "6 x 70 g", 80, *_box(4, 4)),
            pack("560", "8 x 70 g", 104, *_box(3, 4)),
        ),
        left_out=frozenset({("SZ", "420"), ("SZ", "560"), ("CU", "420"), ("CU", "560"), ("AT", "035")}),
        shelf_life_days=270,
    ),
    Family(
        code="LC",
        brand="Lachhi",
        line="Cup Noodles",
        name="Lachhi Cup Noodles {variant}",
        category="savoury",
        group="noodles",
        plant="BTB",
        hsn=_NOODLES,
        variants={"MA": "Masala", "SZ": "Schezwan", "MN": "Manchow"},
        packs=(
            pack("045", "45 g", 30, *_box(12, 4), kind="Cup", base="CUP"),
            pack("070", "70 g", 50, *_box(12, 3), kind="Cup", base="CUP"),
        ),
        shelf_life_days=210,
        cost_percent=52,
    ),
    Family(
        code="LH",
        brand="Lachhi",
        line="Hakka Noodles",
        name="Lachhi Hakka Noodles {variant}",
        category="savoury",
        group="noodles",
        plant="BTB",
        hsn=_NOODLES,
        variants={"PL": "Plain", "AT": "Atta"},
        packs=(
            pack("150", "150 g", 25, *_box(12, 4)),
            pack("300", "300 g", 48, *_box(12, 2)),
            pack("600", "600 g", 90, *_box(6, 2)),
        ),
        shelf_life_days=270,
    ),
    Family(
        code="LV",
        brand="Lachhi",
        line="Sewai",
        name="Lachhi Sewai {variant}",
        category="savoury",
        group="sewai",
        plant="BTB",
        hsn=_SEWAI,
        variants={"PL": "Plain", "RO": "Roasted"},
        packs=(
            pack("150", "150 g", 20, *_box(12, 5)),
            pack("400", "400 g", 48, *_box(10, 3)),
            pack("900", "900 g", 99, *_box(6, 2)),
        ),
        shelf_life_days=270,
    ),
    Family(
        code="G5",
        brand="Gali 56",
        line="Namkeen",
        name="Gali 56 {variant}",
        category="savoury",
        group="namkeen",
        plant="BTB",
        hsn=_NAMKEEN,
        variants=_NAMKEEN_VARIANTS,
        packs=_NAMKEEN_PACKS,
        left_out=frozenset(
            {
                ("FC", "020"),
                ("FC", "1K"),
                ("KJ", "020"),
                ("KJ", "045"),
                ("S1", "1K"),
                ("BM", "1K"),
                ("PC", "020"),
            }
        ),
        shelf_life_days=150,
    ),
    Family(
        code="G5L",
        brand="Gali 56",
        line="Loose",
        name="Gali 56 {variant} Khula",
        category="savoury",
        group="loose",
        plant="BTB",
        hsn=_NAMKEEN,
        variants={"RS": "Ratlami Sev", "AB": "Aloo Bhujia", "BO": "Boondi", "M36": "Mix 36", "GA": "Gathiya"},
        packs=(pack("5K", "5 kg", 230, ("POUCH", 5), ("BAG", 4), kind="Pouch", base="KG"),),
        shelf_life_days=90,
    ),
    Family(
        code="PR",
        brand="Phurr",
        line="Rings",
        name="Phurr Rings {variant}",
        category="savoury",
        group="snacks",
        plant="BTB",
        hsn=_EXTRUDED,
        variants={"MA": "Masala", "TO": "Tomato", "CZ": "Cheese", "PU": "Pudina"},
        packs=(
            pack("015", "15 g", 5, *_ladi(20)),
            pack("032", "32 g", 10, *_ladi(12)),
            pack("070", "70 g", 20, *_box(12, 6)),
        ),
        shelf_life_days=120,
    ),
    Family(
        code="PS",
        brand="Phurr",
        line="Sticks",
        name="Phurr Sticks {variant}",
        category="savoury",
        group="snacks",
        plant="BTB",
        hsn=_EXTRUDED,
        variants={"MA": "Masala", "TO": "Tomato", "CZ": "Cheese", "PU": "Pudina"},
        packs=(
            pack("015", "15 g", 5, *_ladi(20)),
            pack("032", "32 g", 10, *_ladi(12)),
            pack("070", "70 g", 20, *_box(12, 6)),
        ),
        shelf_life_days=120,
    ),
    Family(
        code="KC",
        brand="Katran",
        line="Chips",
        name="Katran Chips {variant}",
        category="savoury",
        group="chips",
        plant="BTB",
        hsn=_CHIPS,
        variants={"SA": "Salted", "MA": "Masala", "CO": "Cream & Onion", "LM": "Lemon Mirch"},
        packs=(
            pack("012", "12 g", 5, *_ladi(20)),
            pack("028", "28 g", 10, *_ladi(12)),
            pack("055", "55 g", 20, *_box(12, 6)),
            pack("110", "110 g", 40, *_box(12, 3)),
        ),
        shelf_life_days=120,
        cost_percent=55,
    ),
    Family(
        code="RP",
        brand="Reva",
        line="Papad",
        name="Reva Papad {variant}",
        category="savoury",
        group="papad",
        plant="BTB",
        hsn=_PAPAD,
        variants={"MO": "Moong", "UR": "Urad", "PM": "Punjabi Masala", "SA": "Sabudana"},
        packs=(
            pack("100", "100 g", 32, *_box(20, 4)),
            pack("200", "200 g", 60, *_box(20, 2)),
            pack("400", "400 g", 115, *_box(10, 2)),
        ),
        gst_rate=0,
    ),
)

SECOND_MRP = (("G5-MD-200", 58), ("G5-KJ-400", 112), ("LV-RO-400", 50))
"""Base item and the new MRP beside the old one."""

DISCONTINUED = (
    ("LN-MA-075", "75 g", "LN-MA-070"),
    ("LN-CP-075", "75 g", "LN-CP-070"),
    ("LN-MA-300", "4 x 75 g", "LN-MA-280"),
    ("G5-RS-180", "180 g", "G5-RS-200"),
    ("G5-AB-180", "180 g", "G5-AB-200"),
    ("G5-N9-180", "180 g", "G5-N9-200"),
    ("PR-MA-017", "17 g", "PR-MA-015"),
    ("KC-SA-030", "30 g", "KC-SA-028"),
)
"""Old code, old size, its successor."""

GONE_FOR_GOOD = (("PR-AM-032", "Phurr Rings Achari 32 g", "PR-MA-032"),)
"""No longer made, with nothing in their place."""

ORDER_SIZES = (
    ("G5L-GA-5K", 2, 1),
    ("G5L-AB-5K", 2, 1),
    ("LH-PL-600", 5, 5),
    ("RP-SA-400", 4, 2),
)
"""SKU, smallest order and step, counted in the item's order UoM."""
