"""How the page *Leakage* names rights and patterns, and from when on it speaks of a pattern."""

from collections.abc import Mapping

from orders.creep import (
    HABIT_OF,
    HABIT_TIMES,
    LEAST_CUSTOMERS,
    LEAST_ORDERS,
    LEAST_RUPEES,
    OTHER_FIRM_BEFORE,
    OTHER_FIRM_NOW,
    OTHER_FIRM_WEEKS,
    STACKED_LINES,
    STACKED_ORDER_POINTS,
    STACKED_POINTS,
    WEEKS,
    Ground,
    Pattern,
)
from orders.creep_asked import (
    CLAIMED_TIMES,
    CLOSE_TIMES,
    QUICK_SECONDS,
    QUICK_TIMES,
    SPLIT_DAYS,
)

GROUNDS: Mapping[Ground, str] = {
    Ground.SCHEME: "Schemes",
    Ground.CONTRACT: "Contracts",
    Ground.APPROVAL: "Approvals",
    Ground.OWN_LIMIT: "Own limits",
    Ground.NONE: "No grant on record",
}
MEANINGS: Mapping[Ground, str] = {
    Ground.SCHEME: "What schemes took off, and the list value of what they gave for nothing.",
    Ground.CONTRACT: (
        "Where a customer's contract price was the list price: against what his price list says for the same quantity "
        "and UoM on that day. Nothing is said where the list does not sell in that UoM."
    ),
    Ground.APPROVAL: "Granted below what the rules give, by the approver named.",
    Ground.OWN_LIMIT: "Granted by whoever asked, within his own limit.",
    Ground.NONE: "Below the list price by no scheme, contract or grant that is known. There should be none.",
}
PATTERNS: Mapping[Pattern, str] = {
    Pattern.NEW_NORMAL: "The new normal",
    Pattern.HABIT: "Habit",
    Pattern.CLAIMED_SCHEME: "Scheme that is none",
    Pattern.SPLIT: "Split orders",
    Pattern.JUST_BELOW: "Just below a limit",
    Pattern.OTHER_FIRM: "Through another firm",
    Pattern.BETTER_TIER: "Better tier",
    Pattern.STACKED: "Stacked discounts",
    Pattern.QUICK_YES: "Quick yes",
}
ABOUT_STAFF = frozenset({Pattern.SPLIT, Pattern.JUST_BELOW, Pattern.CLAIMED_SCHEME, Pattern.QUICK_YES})
"""What says how somebody works is shown to those who make the rules alone."""
THRESHOLDS: Mapping[Pattern, str] = {
    Pattern.NEW_NORMAL: (
        f"A price granted in each of the last {HABIT_TIMES} orders of an item, never at a smaller discount than the "
        "first of them."
    ),
    Pattern.HABIT: f"A price granted in {HABIT_TIMES} of a customer's last {HABIT_OF} orders of an item.",
    Pattern.CLAIMED_SCHEME: (
        f"Free goods that no scheme gives, asked for by the same person for a customer in {CLAIMED_TIMES} orders."
    ),
    Pattern.SPLIT: (
        f"Several orders of a customer on a day, each giving away less than where a level of approval begins and "
        f"together as much, on {SPLIT_DAYS} days."
    ),
    Pattern.JUST_BELOW: (
        f"{CLOSE_TIMES} requests, at least half of all a person made, within the last tenth below his own limit or "
        "below the discount at which a level of approval begins."
    ),
    Pattern.OTHER_FIRM: (
        f"A person of several firms buys an item {OTHER_FIRM_NOW} times in {OTHER_FIRM_WEEKS} weeks through the firm "
        f"with the lower list price, and the other one, which bought it {OTHER_FIRM_BEFORE} times before, no longer "
        "does. Rupees: the difference of both list prices."
    ),
    Pattern.BETTER_TIER: (
        f"A price list other than that of most customers of the tier (at least {LEAST_CUSTOMERS}); or bought for under "
        "a quarter of the tier's middle volume, and less than the middle of the tier below, by a customer who is not "
        f"new. From {LEAST_ORDERS} orders and ₹{LEAST_RUPEES} on. Rupees: against the price list that was earned."
    ),
    Pattern.STACKED: (
        f"Several discounts on one line, by {STACKED_POINTS} % of its list value or more beyond the deepest alone (of "
        f"a whole order {STACKED_ORDER_POINTS} %), on {STACKED_LINES} lines of a customer. Rupees: what is beyond it."
    ),
    Pattern.QUICK_YES: (
        f"{QUICK_TIMES} requests, nineteen of twenty approved, half of them within {QUICK_SECONDS} seconds of reaching "
        "the approver at work."
    ),
}
OVER = f"Patterns are looked for in the {WEEKS} weeks that end with the last week shown."
