"""The closed lists of words that people are described by."""

ROLES = frozenset(
    {"buyer", "sales_rep", "approver:1", "approver:2", "approver:3", "order_desk", "planner", "quality"}
    | {
        "materials",
        "maintenance",
        "supervisor",
        "operator",
        "dispatch",
        "driver",
        "finance",
        "plant_head",
        "admin",
    }
)
FUNCTIONS = frozenset(
    {"planning", "production", "materials", "quality", "maintenance", "commercial", "dispatch", "finance"}
    | {"plant_head", "it"}
)
