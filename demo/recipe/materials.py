"""Raw and packing materials, and what each group of products is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """Something bought: cost in rupees for one `uom`; `bulk` of them come in one `bulk_uom`."""

    sku: str
    name: str
    uom: str
    cost: str
    bulk_uom: str = ""
    bulk: int = 1
    category: str = "raw material"
    hsn: str = "1101"
    gst_rate: int = 5


def _raw(code: str, name: str, cost: str, bulk: int, hsn: str) -> Material:
    return Material(sku=f"RM-{code}", name=name, uom="KG", cost=cost, bulk_uom="BAG", bulk=bulk, hsn=hsn)


def _packing(code: str, name: str, uom: str, cost: str, hsn: str) -> Material:
    return Material(sku=f"PK-{code}", name=name, uom=uom, cost=cost, category="packing material", hsn=hsn, gst_rate=18)


MATERIALS = (
    _raw("MAIDA", "Maida biscuit grade", "31.50", 50, "11010000"),
    _raw("ATTA", "Chakki atta", "30.00", 50, "11010000"),
    _raw("SUJI", "Suji fine", "34.00", 50, "11031120"),
    _raw("RAGI", "Ragi flour", "46.00", 50, "11029090"),
    _raw("BESAN", "Besan fine", "92.00", 50, "11061000"),
    _raw("MOTH", "Moth flour", "88.00", 50, "11061000"),
    _raw("SUGAR", "Sugar S30", "42.00", 50, "17019990"),
    _raw("GUR", "Gur powder", "58.00", 50, "17011310"),
    _raw("PALM", "Refined palmolein", "118.00", 15, "15119020"),
    _raw("VANAS", "Bakery shortening", "126.00", 15, "15179010"),
    _raw("BUTTER", "White butter", "465.00", 20, "04051000"),
    _raw("SMP", "Skimmed milk powder", "310.00", 25, "04021010"),
    _raw("SALT", "Salt iodised", "14.00", 50, "25010020"),
    _raw("SODA", "Sodium bicarbonate", "38.00", 50, "28363000"),
    _raw("COCOA", "Cocoa powder", "780.00", 25, "18050000"),
    _raw("KAJU", "Kaju tukda 4P", "620.00", 10, "08013220"),
    _raw("COCO", "Desiccated coconut", "285.00", 25, "08011100"),
    _raw("ELAI", "Elaichi flavour", "940.00", 5, "33021010"),
    _raw("POTATO", "Process grade potato", "19.00", 50, "07019000"),
    _raw("POHA", "Poha nylon", "52.00", 30, "19041020"),
    _raw("DAL", "Moong and chana dal cleaned", "98.00", 50, "07133100"),
    _raw("PEANUT", "Peanut bold", "124.00", 50, "12024210"),
    _raw("CORN", "Corn grit", "33.00", 50, "11031300"),
    _raw("MASALA", "Masala premix namkeen", "240.00", 25, "09109100"),
    _raw("TASTE", "Noodle tastemaker premix", "265.00", 25, "21039040"),
    _raw("URAD", "Urad flour", "104.00", 50, "11061000"),
    _packing("LAM-B", "Laminate biscuit BOPP", "KG", "212.00", "39202020"),
    _packing("LAM-N", "Laminate noodle", "KG", "218.00", "39202020"),
    _packing("LAM-S", "Laminate metallised snacks", "KG", "246.00", "39202020"),
    _packing("CUP", "Paper cup with lid", "PCS", "3.40", "48236900"),
    _packing("TIN", "Printed gift tin", "PCS", "38.00", "73102990"),
    _packing("POUCH", "Bulk pouch LDPE", "PCS", "4.20", "39232100"),
    _packing("BOX", "Inner box duplex", "PCS", "4.60", "48192020"),
    _packing("CFC", "Corrugated case 5 ply", "PCS", "21.50", "48191010"),
)

RECIPES: dict[str, tuple[tuple[str, int], ...]] = {
    "glucose": (("RM-MAIDA", 66), ("RM-SUGAR", 21), ("RM-PALM", 13), ("RM-SMP", 1)),
    "cookies": (("RM-MAIDA", 54), ("RM-SUGAR", 22), ("RM-VANAS", 18), ("RM-BUTTER", 5)),
    "marie": (("RM-MAIDA", 70), ("RM-SUGAR", 19), ("RM-PALM", 10), ("RM-SMP", 2)),
    "cream": (("RM-MAIDA", 52), ("RM-SUGAR", 28), ("RM-VANAS", 20), ("RM-ELAI", 1)),
    "cracker": (("RM-MAIDA", 72), ("RM-PALM", 20), ("RM-SALT", 3), ("RM-SODA", 1)),
    "digestive": (("RM-ATTA", 60), ("RM-RAGI", 10), ("RM-PALM", 18), ("RM-SUGAR", 12)),
    "rusk": (("RM-MAIDA", 74), ("RM-SUJI", 8), ("RM-SUGAR", 17), ("RM-PALM", 6)),
    "wafer": (("RM-MAIDA", 35), ("RM-SUGAR", 38), ("RM-VANAS", 24), ("RM-COCOA", 4)),
    "gift": (("RM-MAIDA", 48), ("RM-SUGAR", 22), ("RM-BUTTER", 16), ("RM-KAJU", 12)),
    "loose": (("RM-MAIDA", 60), ("RM-SUGAR", 12), ("RM-VANAS", 26), ("RM-SALT", 1)),
    "noodles": (("RM-MAIDA", 80), ("RM-PALM", 16), ("RM-TASTE", 9), ("RM-SALT", 2)),
    "sewai": (("RM-SUJI", 88), ("RM-MAIDA", 14), ("RM-SALT", 1)),
    "namkeen": (("RM-BESAN", 52), ("RM-PALM", 34), ("RM-DAL", 14), ("RM-MASALA", 5)),
    "snacks": (("RM-CORN", 68), ("RM-PALM", 24), ("RM-MASALA", 9)),
    "chips": (("RM-POTATO", 380), ("RM-PALM", 33), ("RM-MASALA", 5)),
    "papad": (("RM-URAD", 92), ("RM-SALT", 5), ("RM-MASALA", 4)),
}
"""Material and kilograms for 100 kg of product; the rest is lost as moisture."""
