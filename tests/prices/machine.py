"""The state machine: buyers, a rep, approvers, finance, the clock, the files and accidents, in any order.

After each step the independent checker looks at everything that is posted.
"""

from collections import Counter
from contextlib import ExitStack
from decimal import Decimal
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

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

RAJESH, ARVIND, CHANDRAKANT = "+919000049064", "+919000049078", "+919000049092"
"""Who approves at Pithampur, level by level."""
FINANCE = SUSHMA
APPROVERS = (RAJESH, ARVIND, CHANDRAKANT)
BUYERS = {RAMESH: AGRAWAL, SUNITA: JAIN, SANJAY: PODDAR}
TALKERS = (*BUYERS, VIKAS)

buyers = st.sampled_from(sorted(BUYERS))
talkers = st.sampled_from(sorted(TALKERS))
items = st.sampled_from(ITEMS)
quantities = st.sampled_from([9, 10, 12, 20, 24, 25, 26, 30, 49, 100, 101])
"""Around the slabs and around what schemes ask for."""
depths = st.sampled_from(["0.5", "1", "2", "4", "5", "8", "11", "30"])
"""Percent off the list price: within a rep's limit, of each level, and below what anybody may approve."""
places = st.integers(0, 3)
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


class Prices(RuleBasedStateMachine):
    """People who haggle, and a plant that changes its rules while they do."""

    begin: ClassVar[Begin]
    did: ClassVar[Counter[str]] = Counter()
    """Of all runs."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.play: Play = self._open.enter_context(type(self).begin())

    def teardown(self) -> None:
        type(self).did += self.play.did
        self._open.close()

    # --- orders ---

    @rule(who=buyers, wanted=st.lists(st.tuples(items, quantities, places), min_size=1, max_size=2))
    def orders(self, who: str, wanted: list[tuple[str, int, int]]) -> None:
        self._says(who, ", ".join(f"{quantity} {_unit(sku, place)} {sku}" for sku, quantity, place in wanted))

    @rule(who=talkers, sku=items, quantity=quantities, depth=depths)
    def orders_at_a_price(self, who: str, sku: str, quantity: int, depth: str) -> None:
        self._says(who, f"{self._firm(who)}{quantity} case {sku} @ {self._price(who, sku, quantity, depth)}")

    @rule(who=talkers, sku=items, quantity=quantities, depth=depths, place=places, decision=st.integers(0, 9))
    def haggles(self, who: str, sku: str, quantity: int, depth: str, place: int, decision: int) -> None:
        """Asks for a price, hears of it, and says yes to what is shown then."""
        self.orders_at_a_price(who, sku, quantity, depth)
        for approver in APPROVERS[place % 3 :] + APPROVERS[: place % 3]:
            self._decides(approver, sku, decision)
        self._says_yes(who)

    @rule(who=talkers, quantity=quantities, place=places, sku=items, depth=depths, how=st.integers(0, 7))
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
        self.play.did["edit"] += 1

    @rule(who=talkers)
    def confirms(self, who: str) -> None:
        self._says_yes(who)

    @rule(who=talkers, words=st.sampled_from(["haan", "ok", "theek hai", "confirm"]))
    def types_yes(self, who: str, words: str) -> None:
        self.play.agrees(who, words)

    @rule(who=talkers, age=st.integers(1, 6))
    def confirms_something_old(self, who: str, age: int) -> None:
        bubbles = [bubble for bubble in self.play.seen[who] if "confirm" in bubble.acts]
        if len(bubbles) > age:
            self.play.taps(who, "confirm", on=bubbles[-age - 1])
            self.play.did["stale"] += 1

    @rule(who=talkers, place=places)
    def taps_something(self, who: str, place: int) -> None:
        self._taps_any(who, place)

    @rule(who=buyers)
    def repeats(self, who: str) -> None:
        self._says(who, "same as last time")
        self.play.did["repeat"] += 1

    @precondition(lambda self: self.play.did["order"])
    @rule(who=buyers, quantity=quantities, line=st.integers(1, 3), cancels=st.booleans(), depth=depths)
    def changes_what_is_posted(self, who: str, quantity: int, line: int, cancels: bool, depth: str) -> None:
        mine = [paper.number for paper in self.play.papers().orders if paper.customer == BUYERS[who]]
        if mine:
            wish = f"cancel order {mine[-1]}" if cancels else f"{mine[-1]} me line {line} {quantity} case kar do"
            self._says(who, wish)
            self._says_yes(who)
            self.play.did["change"] += 1

    # --- who decides ---

    @rule(who=st.sampled_from(APPROVERS), sku=items, decision=st.integers(0, 9))
    def decides(self, who: str, sku: str, decision: int) -> None:
        self._decides(who, sku, decision)

    @rule(who=st.sampled_from(APPROVERS), words=st.sampled_from(["ok", "nahi", "pending", "1 ok", "sab ok"]))
    def types_a_decision(self, who: str, words: str) -> None:
        bubble = self.play.newest(who)
        if bubble is not None and "ok" in words:
            self.play.agrees(who, words)
        else:
            self._says(who, words)

    @rule(place=places)
    def finance_decides(self, place: int) -> None:
        self._taps_any(FINANCE, place)

    # --- time, files, accidents ---

    @rule(minutes=st.sampled_from([1, 31, 31, 65, 240]))
    def time_passes(self, minutes: int) -> None:
        self.play.passes(minutes=minutes)
        self.play.did["waited"] += 1

    @rule()
    def a_night_passes(self) -> None:
        here = self.play.stage.clock.now()
        self.play.passes(hours=24 - here.hour % 24 + 4)
        self.play.did["night"] += 1

    @rule(change=st.sampled_from(FILES), sku=items)
    def files_change(self, change: object, sku: str) -> None:
        assert callable(change)
        if change(self.play.plant, sku, self.play.stage.clock.now().date()):
            self.play.pulls()
            self.play.did["files"] += 1

    @precondition(lambda self: self.play.last_sid)
    @rule()
    def the_provider_repeats_itself(self) -> None:
        self.play.again()
        self.play.did["duplicate"] += 1

    @precondition(lambda self: self.play.last_sid)
    @rule()
    def the_last_job_runs_again(self) -> None:
        self.play.heard_again()
        self.play.did["job twice"] += 1

    @rule(who=talkers, crash=st.sampled_from(CRASHES))
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

    def _decides(self, who: str, sku: str, decision: int) -> None:
        """Mostly agrees; sometimes names another price, or declines for a reason."""
        bubble = self.play.latest(who, "approve")
        if bubble is None:
            return
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
