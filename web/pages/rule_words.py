"""What the pages of the rules call kinds, cells and what stands against a change."""

from erp.record import RecordKind

KINDS: dict[str, RecordKind] = {
    "prices": RecordKind.PRICES,
    "contract-prices": RecordKind.CUSTOMER_PRICES,
    "schemes": RecordKind.SCHEMES,
    "floors": RecordKind.FLOORS,
    "limits": RecordKind.LIMITS,
    "matrix": RecordKind.APPROVAL_MATRIX,
}
"""By their part of the address, in the order of the tabs."""
SLUGS = {kind: slug for slug, kind in KINDS.items()}
TABS: dict[RecordKind, str] = {
    RecordKind.PRICES: "Prices",
    RecordKind.CUSTOMER_PRICES: "Contract prices",
    RecordKind.SCHEMES: "Schemes",
    RecordKind.FLOORS: "Floors",
    RecordKind.LIMITS: "Limits",
    RecordKind.APPROVAL_MATRIX: "Approval matrix",
}
ONE: dict[RecordKind, str] = {
    RecordKind.PRICES: "price",
    RecordKind.CUSTOMER_PRICES: "contract price",
    RecordKind.SCHEMES: "scheme",
    RecordKind.FLOORS: "floor",
    RecordKind.LIMITS: "limit",
    RecordKind.APPROVAL_MATRIX: "level",
}
ABOUT: dict[RecordKind, str] = {
    RecordKind.PRICES: "What a unit costs on each price list, from a quantity on.",
    RecordKind.CUSTOMER_PRICES: "What one customer has been promised; it goes before the price list.",
    RecordKind.SCHEMES: "Goods or money given away, for whom, within which caps.",
    RecordKind.FLOORS: "Below a floor an order needs an approval; below an absolute one nobody can approve.",
    RecordKind.LIMITS: "How far people may go below the list price by their own word.",
    RecordKind.APPROVAL_MATRIX: "Who decides on prices below their floor, level after level.",
}
ORIGINS = {"pull": "the ERP's file", "page": "the pages", "import": "an uploaded file", "undo": "an undo"}

EMPTY = "Empty: all."
CELLS: dict[str, tuple[str, str]] = {
    "price_list": ("Price list", EMPTY),
    "sku": ("Item (SKU)", ""),
    "uom": ("Unit", ""),
    "min_qty": ("From quantity", "Of one line, in this unit."),
    "price": ("Price, ₹", "Of one unit, without tax."),
    "floor": ("Floor, ₹", "Of one unit; empty: none here."),
    "currency": ("Currency", "Empty: INR."),
    "tax_included": ("Tax included", ""),
    "plant": ("Plant", EMPTY),
    "customer": ("Customer", EMPTY),
    "reference": ("Reference", "The contract or letter."),
    "code": ("Code", "Short, as it is told to people."),
    "name": ("Name", ""),
    "tier": ("Tier", EMPTY),
    "group": ("Item group", EMPTY),
    "buy_qty": ("Bought quantity", "Per this much something is free."),
    "buy_uom": ("Unit bought", "Empty: the order unit."),
    "free_sku": ("Free item (SKU)", "Empty: the item itself."),
    "free_qty": ("Free quantity", "Of the item itself in the unit bought; of another in its base unit."),
    "percent": ("Percent off", ""),
    "amount": ("₹ off a unit", ""),
    "cap_order": ("At most an order", "Free quantity, or ₹."),
    "cap_customer": ("At most a customer", "Free quantity, or ₹, while it runs."),
    "budget": ("Budget, ₹", "Over all customers."),
    "stacks": ("Added to other schemes", ""),
    "floor_price": ("Floor price, ₹", "Of one order unit, without tax."),
    "min_margin_percent": ("Margin over cost, %", ""),
    "max_discount_percent": ("Deepest discount, %", "Off the list price."),
    "absolute": ("Absolute", "Nobody can approve below it; an admin alone changes it."),
    "person": ("Phone of the person", "Empty: everyone with the role."),
    "role": ("Role", ""),
    "max_amount": ("₹ given away on an order", ""),
    "level": ("Level", "1, 2 or 3."),
    "min_discount_percent": ("From a discount of, %", "0: always."),
    "min_amount": ("Or from ₹ given away", "0: whatever the amount."),
    "approvers": ("Who approves", "Roles or phones with ; between them."),
    "mode": ("Asked", "turn: after the level before it; parallel: together with it."),
    "expiry_minutes": ("Working minutes", "Then the next level is asked. Empty: 30."),
    "valid_to": ("Last day", "Empty: until it is changed."),
}
"""What each cell is called in the form, and a hint."""
CHOICES: dict[str, tuple[str, ...]] = {
    "tax_included": ("no", "yes"),
    "stacks": ("no", "yes"),
    "absolute": ("no", "yes"),
    "mode": ("turn", "parallel"),
}
"""The cells that hold one of a few words."""
NEEDED: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.PRICES: ("price_list", "sku", "uom", "price"),
    RecordKind.CUSTOMER_PRICES: ("customer", "sku", "uom", "price"),
    RecordKind.SCHEMES: ("code",),
    RecordKind.APPROVAL_MATRIX: ("level", "approvers"),
}
