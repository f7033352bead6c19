"""The state machine: buyers, a rep, approvers, finance, the clock, the files and accidents, in any order.

After each step the independent checker looks at everything that is posted.
"""

from collections import Counter
from contextlib import ExitStack
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.prices.conftest import Begin
from tests.prices.play import Play
from tests.prices.reckoning import Reckoning, paisa
from tests.prices.world import (
    AGRAWAL,
    FIRMS,
    ITEMS,
    JAIN,
    PODDAR,
    UNITS,
    cheaper_list,
    dearer_list,
    end_scheme,
    higher_floor,
    new_contract,
    no_contract,
    renew_scheme,
    tighter_limit,
    wider_limit,
)
from tests.scenarios.cast import RAMESH, SANJAY, SUNITA, SUSHMA, VIKAS
from tests.scenarios.stage import Bubble

RAJESH, ARVIND, CHANDRAKANT = "+919000049064", "+919000049078", "+919000049092"
"""Who approves at Pithampur, level by level."""
FINANCE = SUSHMA
APPROVERS = (RAJESH, ARVIND, CHANDRAKANT)
BUYERS = {RAMESH: AGRAWAL, SUNITA: JAIN, SANJAY: PODDAR}

buyers = st.sampled_from(sorted(BUYERS))
talkers = st.sampled_from([VIKAS, RAMESH, SUNITA, VIKAS, SANJAY])
items = st.sampled_from(ITEMS)
quantities = st.sampled_from([9, 10, 12, 20, 24, 25, 26, 30, 49, 100, 101])
"""Around the slabs and around what schemes ask for."""
depths = st.sampled_from(["0.5", "2", "4", "0.8", "5", "8", "1", "11", "30"])
"""Percent off the list price: within a rep's limit, of each level, and below what anybody may approve."""
places = st.integers(0, 3)
decisions = st.integers(0, 9)
hows = st.integers(0, 7)
flags = st.booleans()
DECIDES = ("ok", "nahi", "pending", "1 ok", "sab ok")
COUNTER_OFFER = "price_counter"
TALK = 40
"""So much of what was said is told when something is objected to."""
CRASHES = (
    ("orders.confirm.post", True),
    ("orders.confirm.keep", True),
    ("erp.files.adapter.FilesErp.post", True),
    ("bot.jobs.hearing.hear", False),
    ("bot.jobs.hearing.hear", True),
    ("orders.gate.scheme_uses.record", False),
)
FILES = (
    dearer_list, cheaper_list, higher_floor, end_scheme, renew_scheme, new_contract, no_contract, tighter_limit,
    wider_limit,
)  # fmt: skip


Given = dict[str, Any]
STEPS: dict[str, tuple[int, dict[str, st.SearchStrategy[Any]]]] = {
    "haggles": (10, {"who": talkers, "sku": items, "quantity": quantities, "depth": depths, "decision": decisions}),
    "orders": (4, {"who": buyers, "wanted": st.lists(st.tuples(items, quantities, places), min_size=1, max_size=2)}),
    "orders_at_a_price": (3, {"who": talkers, "sku": items, "quantity": quantities, "depth": depths}),
    "edits": (5, {"who": talkers, "quantity": quantities, "place": places, "sku": items, "depth": depths, "how": hows}),
    "confirms": (5, {"who": talkers}),
    "types_yes": (1, {"who": talkers, "words": st.sampled_from(["haan", "ok", "theek hai", "confirm"])}),
    "confirms_something_old": (2, {"who": talkers, "age": st.integers(1, 4)}),
    "taps_something": (3, {"who": talkers, "place": places}),
    "repeats": (1, {"who": buyers}),
    "changes_what_is_posted": (2, {"who": buyers, "quantity": quantities, "line": st.integers(1, 3), "cancels": flags}),
    "decides": (3, {"who": st.sampled_from(APPROVERS), "decision": decisions}),
    "types_a_decision": (2, {"who": st.sampled_from(APPROVERS), "words": st.sampled_from(DECIDES)}),
    "finance_decides": (1, {"place": places}),
    "nobody_decides": (2, {"who": talkers, "sku": items, "quantity": quantities, "depth": depths}),
    "time_passes": (2, {"minutes": st.sampled_from([31, 1, 65, 240])}),
    "a_night_passes": (1, {}),
    "files_change": (4, {"change": st.sampled_from(FILES), "sku": items}),
    "the_provider_repeats_itself": (1, {}),
    "the_last_job_runs_again": (1, {}),
    "crashes_at_the_yes": (2, {"who": talkers, "crash": st.sampled_from(CRASHES)}),
}
"""What may happen next: how often, and with what."""
OFTEN = [name for name, (weight, _) in STEPS.items() for _ in range(weight)]
happenings = st.sampled_from(OFTEN).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(STEPS[name][1]))
)


class Prices(RuleBasedStateMachine):
    """People who haggle, and a plant that changes its rules while they do."""

    begin: ClassVar[Begin]
    did: ClassVar[Counter[str]] = Counter()
    """Of all runs."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.play: Play = self._open.enter_context(type(self).begin())
        self.dealt_with: dict[str, Bubble] = {}

    def teardown(self) -> None:
        type(self).did += self.play.did + self.play.reached()
        self._open.close()

    @rule(happening=happenings)
    def happens(self, happening: tuple[str, Given]) -> None:
        name, given = happening
        getattr(self, name)(**given)
        self.play.did[name] += 1

    # --- orders ---

    def orders(self, who: str, wanted: list[tuple[str, int, int]]) -> None:
        self._says(who, ", ".join(f"{quantity} {_unit(sku, place)} {sku}" for sku, quantity, place in wanted))

    def orders_at_a_price(self, who: str, sku: str, quantity: int, depth: str) -> None:
        self._says(who, f"{self._firm(who)}{quantity} case {sku} @ {self._price(who, sku, quantity, depth)}")

    def haggles(self, who: str, sku: str, quantity: int, depth: str, decision: int) -> None:
        """Asks for a price, hears of it, and says yes to what is shown then."""
        self.orders_at_a_price(who, sku, quantity, depth)
        for approver in APPROVERS:
            if self.play.latest(approver, "approve") is not self.dealt_with.get(approver):
                self._decides(approver, decision)
        if (offer := self.play.newest(who)) is not None and offer.row.kind == COUNTER_OFFER:
            self.play.taps(who, offer.titles[0], on=offer)
        self._says_yes(who)

    def nobody_decides(self, who: str, sku: str, quantity: int, depth: str) -> None:
        """Level after level lets it lie; then its sender takes what he is shown."""
        self.orders_at_a_price(who, sku, quantity, depth)
        for _ in range(4):
            self.play.passes(minutes=31)
        self._says_yes(who)

    def edits(self, who: str, quantity: int, place: int, sku: str, depth: str, how: int) -> None:
        price = self._price(who, sku, quantity, depth)
        self._says(
            who,
            (
                f"line 1 me {quantity} {_unit(sku, place)} kar do",
                f"line {place % 2 + 1} hata do",
                f"aur {quantity} {_unit(sku, place)} {sku}",
                f"rate {price} lagao",
                f"{depth}% aur do",
                "10+1 dena",
                f"line 1 me {quantity} box kar do",
                f"line 1 ka rate {price} lagao",
            )[how],
        )

    def confirms(self, who: str) -> None:
        self._says_yes(who)

    def types_yes(self, who: str, words: str) -> None:
        self.play.agrees(who, words)

    def confirms_something_old(self, who: str, age: int) -> None:
        bubbles = [bubble for bubble in self.play.seen[who] if "confirm" in bubble.acts]
        if len(bubbles) > age:
            self.play.taps(who, "confirm", on=bubbles[-age - 1])

    def taps_something(self, who: str, place: int) -> None:
        self._taps_any(who, place)

    def repeats(self, who: str) -> None:
        self._says(who, "same as last time")

    def changes_what_is_posted(self, who: str, quantity: int, line: int, cancels: bool) -> None:
        mine = [paper.number for paper in self.play.papers().orders if paper.customer == BUYERS[who]]
        if mine:
            wish = f"cancel order {mine[-1]}" if cancels else f"{mine[-1]} me line {line} {quantity} case kar do"
            self._says(who, wish)
            self._says_yes(who)

    # --- who decides ---

    def decides(self, who: str, decision: int) -> None:
        self._decides(who, decision)

    def types_a_decision(self, who: str, words: str) -> None:
        bubble = self.play.newest(who)
        if bubble is not None and "ok" in words:
            self.play.agrees(who, words)
        else:
            self._says(who, words)

    def finance_decides(self, place: int) -> None:
        self._taps_any(FINANCE, place)

    # --- time, files, accidents ---

    def time_passes(self, minutes: int) -> None:
        self.play.passes(minutes=minutes)

    def a_night_passes(self) -> None:
        here = self.play.stage.clock.now()
        self.play.passes(hours=24 - here.hour % 24 + 4)

    def files_change(self, change: object, sku: str) -> None:
        assert callable(change)
        if change(self.play.plant, sku, self.play.stage.clock.now().date()):
            self.play.pulls()

    def the_provider_repeats_itself(self) -> None:
        if self.play.last_sid:
            self.play.again()

    def the_last_job_runs_again(self) -> None:
        if self.play.last_sid:
            self.play.heard_again()

    def crashes_at_the_yes(self, who: str, crash: tuple[str, bool]) -> None:
        place, after = crash
        if self.play.latest(who, "confirm") is None:
            return
        with self.play.crashes_in(place, after=after):
            self._says_yes(who)

    # --- what must hold ---

    @invariant()
    def nothing_is_objected_to(self) -> None:
        found = "\n".join(str(one) for one in self.play.objections())
        assert not found, "\n".join([*self.play.talk[-TALK:], found])

    @invariant()
    def no_job_is_given_up(self) -> None:
        found = "\n".join(f"{job.name}: {job.error}" for job in self.play.stage.given_up())
        assert not found, found

    # --- how ---

    def _says(self, who: str, words: str) -> None:
        self.play.says(who, words)

    def _says_yes(self, who: str) -> None:
        if self.play.latest(who, "confirm") is not None:
            self.play.taps(who, "confirm")
        newest = self.play.newest(who)
        if newest is not None and newest.row.kind == "same_order":
            self.play.taps(who, "confirm", on=newest)

    def _taps_any(self, who: str, place: int) -> None:
        bubble = self.play.newest(who)
        if bubble is not None:
            entry = bubble.entries[place % len(bubble.entries)]
            self.play.taps(who, entry["title"], on=bubble)
            self.play.did[f"tapped {entry['payload'].partition(':')[0]}"] += 1

    def _decides(self, who: str, decision: int) -> None:
        """Mostly agrees; sometimes names another price, or declines for a reason."""
        bubble = self.play.latest(who, "approve")
        if bubble is None:
            return
        self.dealt_with[who] = bubble
        if decision < 6:
            self.play.taps(who, "approve", on=bubble)
            self.play.did["approve"] += 1
        elif decision < 8:
            self.play.counters(who, bubble)
        else:
            self.play.taps(who, "reject", on=bubble)
            self._taps_any(who, decision - 8)
            self.play.did["reject"] += 1

    def _firm(self, who: str) -> str:
        return f"{FIRMS[AGRAWAL]}: " if who == VIKAS else ""

    def _price(self, who: str, sku: str, quantity: int, depth: str) -> Decimal:
        customer = BUYERS.get(who, AGRAWAL)
        now = self.play.stage.clock.now()
        found = Reckoning(book=self.play.library.at(now), customer=customer, day=now.date(), plant="PTH")
        listed = found.listed(sku, "CASE", Decimal(quantity))
        assert listed is not None
        return paisa(listed.price * (1 - Decimal(depth) / 100))


def _unit(sku: str, place: int) -> str:
    return UNITS[sku][place % len(UNITS[sku])].lower()
