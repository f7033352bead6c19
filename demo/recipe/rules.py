"""Times, duties and rules: calendars, routes, shifts, roster, reasons, checks, schemes and limits."""

from collections.abc import Iterator
from datetime import date

from recipe.places import PLANTS, ROUTES, SUPPLY, WAREHOUSES
from recipe.staff import phone_of, staff
from recipe.tables import Row, Setting, Table, table

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat")
HOURS = {"MALWA": ("09:00", "18:30"), "VIDARBHA": ("09:00", "18:00"), "AWADH": ("09:30", "18:00")}
HOLIDAYS = (
    ("2026-08-15", "Independence Day"),
    ("2026-08-28", "Raksha Bandhan"),
    ("2026-09-14", "Ganesh Chaturthi"),
    ("2026-10-02", "Gandhi Jayanti"),
    ("2026-10-20", "Dussehra"),
    ("2026-11-08", "Diwali"),
    ("2026-11-09", "Govardhan Puja"),
    ("2026-11-11", "Bhai Dooj"),
    ("2026-11-24", "Guru Nanak Jayanti"),
    ("2026-12-25", "Christmas"),
    ("2027-01-14", "Makar Sankranti"),
    ("2027-01-26", "Republic Day"),
    ("2027-03-22", "Holi"),
    ("2027-08-15", "Independence Day"),
    ("2027-10-02", "Gandhi Jayanti"),
    ("2027-10-29", "Diwali"),
)
SHIFTS = {
    "PTH": (("A", "06:00", "14:00"), ("B", "14:00", "22:00"), ("C", "22:00", "06:00")),
    "BTB": (("A", "07:00", "15:00"), ("B", "15:00", "23:00")),
    "LKO": (("G", "09:30", "18:00"),),
}
SHIFT_ROLES = {"supervisor": "production", "quality": "quality", "maintenance": "maintenance"}
DAY_ROLES = {
    "planner": "planning",
    "materials": "materials",
    "dispatch": "dispatch",
    "finance": "finance",
    "order_desk": "commercial",
    "plant_head": "plant_head",
    "admin": "it",
}

PLANNED = "PLAN"
REASONS = (
    ("downtime", "MECH", "", "Mechanical", "मशीन खराबी"),
    ("downtime", "MECH-MOTOR", "MECH", "Motor burnt or tripped", "मोटर जली या ट्रिप"),
    ("downtime", "MECH-BELT", "MECH", "Belt or chain broken", "बेल्ट या चेन टूटी"),
    ("downtime", "MECH-BEARING", "MECH", "Bearing", "बेयरिंग"),
    ("downtime", "ELEC", "", "Electrical", "बिजली"),
    ("downtime", "ELEC-POWER", "ELEC", "Power cut", "बिजली गुल"),
    ("downtime", "ELEC-SENSOR", "ELEC", "Sensor or heater", "सेंसर या हीटर"),
    ("downtime", "MAT", "", "Material", "माल की कमी"),
    ("downtime", "MAT-RM", "MAT", "Raw material not there", "कच्चा माल नहीं"),
    ("downtime", "MAT-PK", "MAT", "Packing material not there", "पैकिंग माल नहीं"),
    ("downtime", "PLAN", "", "Planned", "पहले से तय"),
    ("downtime", "PLAN-CLEAN", "PLAN", "Cleaning", "सफाई"),
    ("downtime", "PLAN-CHANGE", "PLAN", "Changeover", "माल बदली"),
    ("downtime", "PLAN-PM", "PLAN", "Preventive maintenance", "रखरखाव"),
    ("scrap", "BURNT", "", "Burnt or dark", "जला हुआ"),
    ("scrap", "BROKEN", "", "Broken", "टूटा हुआ"),
    ("scrap", "WEIGHT", "", "Weight off", "वज़न गलत"),
    ("scrap", "SEAL", "", "Seal leaks", "सील खुली"),
    ("hold", "MOIST", "", "Moisture high", "नमी ज़्यादा"),
    ("hold", "TASTE", "", "Taste or smell", "स्वाद या गंध"),
    ("hold", "METAL", "", "Foreign body or metal", "बाहरी चीज़ या धातु"),
    ("hold", "CODE", "", "Date code wrong", "तारीख गलत छपी"),
    ("cancel", "CUST", "", "Customer does not want it", "ग्राहक ने मना किया"),
    ("cancel", "DUP", "", "Ordered twice", "दो बार आया"),
    ("cancel", "CREDIT", "", "Credit not released", "उधार नहीं मिला"),
    ("reject", "MARGIN", "", "Margin too low", "मार्जिन कम"),
    ("reject", "OVERDUE", "", "Payment overdue", "भुगतान बाकी"),
)

CHECKS = (
    ("glucose", 20, "Moisture", "%", "1.2", "3.0", 60),
    ("glucose", 30, "Packet weight", "%", "99.0", "104.0", 30),
    ("cookies", 20, "Moisture", "%", "1.5", "3.5", 60),
    ("cream", 30, "Cream share", "%", "26.0", "30.0", 60),
    ("rusk", 20, "Moisture", "%", "2.5", "5.0", 60),
    ("noodles", 10, "Moisture", "%", "2.0", "8.0", 60),
    ("noodles", 10, "Oil", "%", "14.0", "20.0", 120),
    ("namkeen", 10, "Moisture", "%", "0.8", "2.5", 60),
    ("namkeen", 10, "Free fatty acid", "%", "0.0", "0.5", 240),
    ("namkeen", 30, "Seal strength", "N", "8.0", "25.0", 120),
    ("chips", 10, "Oil", "%", "28.0", "36.0", 60),
    ("papad", 10, "Moisture", "%", "12.0", "15.0", 120),
)


def tables(setting: Setting) -> Iterator[Table]:
    """Everything that says when, who and under which rule."""
    yield table("warehouses.csv", "code,plant,name,kind", (_warehouse(*row) for row in WAREHOUSES))
    yield table("calendar.csv", "calendar,weekday,date,open,close,name", _calendar(setting))
    yield table("routes.csv", "route,weekday,cutoff,plant", _routes())
    yield table("shifts.csv", "plant,shift,start,end,days", _shifts())
    yield table("roster.csv", "plant,function,shift,person,from,to,stand_in", _roster(setting))
    yield table("reasons.csv", "kind,code,parent,label_en,label_hi,planned", (_reason(*row) for row in REASONS))
    yield table("checks.csv", "sku,group,step,name,unit,min,max,every,required", (_check(*row) for row in CHECKS))
    yield table(
        "schemes.csv",
        "code,name,price_list,tier,customer,sku,group,buy_qty,buy_uom,free_sku,free_qty,percent,amount,"
        "valid_from,valid_to,cap_order,cap_customer,budget,stacks",
        _schemes(setting),
    )
    yield table(
        "floors.csv", "tier,group,sku,customer,floor_price,min_margin_percent,max_discount_percent,absolute", _floors()
    )
    yield table("limits.csv", "person,role,max_discount_percent,max_amount,group", _limits())
    yield table(
        "approval_matrix.csv",
        "level,min_discount_percent,min_amount,tier,group,plant,approvers,mode,expiry_minutes",
        _matrix(),
    )


def _warehouse(code: str, plant: str, name: str, kind: str) -> Row:
    return {"code": code, "plant": plant, "name": name, "kind": kind}


def _calendar(setting: Setting) -> Iterator[Row]:
    for calendar, (opens, closes) in HOURS.items():
        for weekday in WEEKDAYS:
            yield {"calendar": calendar, "weekday": weekday, "open": opens, "close": closes}
        for day, name in HOLIDAYS:
            on = date.fromisoformat(day)
            if setting.ago(190) <= on <= setting.ahead(400):
                yield {"calendar": calendar, "date": on, "name": name}


def _routes() -> Iterator[Row]:
    plants = {code: plant for code, plant, _, _ in WAREHOUSES}
    cutoffs = {plant: cutoff for plant, _, _, _, cutoff in PLANTS}
    for territory, (route, weekdays) in ROUTES.items():
        plant = plants[SUPPLY[territory]]
        for weekday in weekdays:
            yield {"route": route, "weekday": weekday, "cutoff": cutoffs[plant], "plant": plant}


def _shifts() -> Iterator[Row]:
    for plant, shifts in SHIFTS.items():
        for shift, start, end in shifts:
            yield {"plant": plant, "shift": shift, "start": start, "end": end, "days": ";".join(WEEKDAYS)}
        if plant != "LKO":
            yield {"plant": plant, "shift": "G", "start": "09:00", "end": "18:00", "days": ";".join(WEEKDAYS)}


def _roster(setting: Setting) -> Iterator[Row]:
    since, until = setting.ago(21), setting.ahead(60)
    for plant, shifts in SHIFTS.items():
        for role, function in (SHIFT_ROLES | DAY_ROLES).items():
            there = [member.phone for member in staff() if role in member.roles.split(";") and member.plant == plant]
            names = [shift for shift, _, _ in shifts] if role in SHIFT_ROLES else ["G"]
            for place, shift in enumerate(names if there else ()):
                yield {
                    "plant": plant,
                    "function": function,
                    "shift": shift,
                    "person": there[place % len(there)],
                    "from": since,
                    "to": until,
                    "stand_in": there[(place + 1) % len(there)] if len(there) > 1 else "",
                }


def _reason(kind: str, code: str, parent: str, english: str, hindi: str) -> Row:
    return {
        "kind": kind,
        "code": code,
        "parent": parent,
        "label_en": english,
        "label_hi": hindi,
        "planned": code.startswith(PLANNED),
    }


def _check(group: str, step: int, name: str, unit: str, least: str, most: str, every: int) -> Row:
    return {
        "group": group,
        "step": step,
        "name": name,
        "unit": unit,
        "min": least,
        "max": most,
        "every": every,
        "required": True,
    }


def _schemes(setting: Setting) -> Iterator[Row]:
    """Schemes of packs that nobody in the README orders, so that the totals there stay plain."""
    begins, ends = setting.ago(20), setting.ahead(40)
    kept = {"valid_from": begins, "valid_to": ends, "stacks": False}
    yield kept | {
        "code": "WIN10",
        "name": "Pankh Wafer 10 + 1",
        "price_list": "PL-DIST",
        "sku": "PW-OR-075",
        "buy_qty": 10,
        "buy_uom": "CASE",
        "free_sku": "PW-OR-075",
        "free_qty": 1,
        "cap_order": 5,
        "cap_customer": 20,
    }
    yield kept | {"code": "GIFT3", "name": "Gift tins 3 %", "group": "gift", "percent": 3, "budget": 150000}
    yield kept | {
        "code": "CHIPS8",
        "name": "Lemon Mirch launch",
        "price_list": "PL-RET",
        "sku": "KC-LM-055",
        "buy_qty": 8,
        "buy_uom": "CASE",
        "free_sku": "KC-LM-012",
        "free_qty": 12,
    }
    old = {"valid_from": setting.ago(75), "valid_to": setting.ago(12)}
    yield kept | old | {"code": "DIWALI", "name": "Diwali cream 2 %", "group": "cream", "percent": 2}


def _floors() -> Iterator[Row]:
    """With the free case a wafer comes to ₹666.50: meant so, and no reason to ask for an approval each time."""
    yield {"tier": "DIST", "sku": "PW-OR-075", "floor_price": 660, "absolute": False}


def _limits() -> Iterator[Row]:
    yield {"role": "sales_rep", "max_discount_percent": 1, "max_amount": 1500}
    yield {"role": "approver:1", "max_discount_percent": 3, "max_amount": 10000}
    yield {"role": "approver:2", "max_discount_percent": 6, "max_amount": 40000}
    yield {"role": "approver:3", "max_discount_percent": 12, "max_amount": 200000}
    yield {
        "person": phone_of("Prerna Joshi"),
        "role": "sales_rep",
        "max_discount_percent": 2,
        "max_amount": 4000,
    }


def _matrix() -> Iterator[Row]:
    for level, percent, amount in ((1, 0, 0), (2, 3, 10000), (3, 6, 40000)):
        yield {
            "level": level,
            "min_discount_percent": percent,
            "min_amount": amount,
            "approvers": f"approver:{level}",
            "mode": "turn",
            "expiry_minutes": 30,
        }
