"""The state machine: buyers, a rep, approvers, finance, the clock, the files and accidents, in any order.

After each step the independent checker looks at everything that is posted.
"""

from collections import Counter
from contextlib import ExitStack
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.prices.conftest import Begin
from tests.prices.happenings import APPROVERS, BUYERS, Happenings
from tests.prices.play import Play
from tests.prices.world import (
    ITEMS,
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
from tests.scenarios.cast import RAMESH, SANJAY, SUNITA, VIKAS

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
        self.stage = Happenings(self.play)

    def teardown(self) -> None:
        type(self).did.update(self.play.did + self.play.reached())
        self._open.close()

    @rule(happening=happenings)
    def happens(self, happening: tuple[str, dict[str, Any]]) -> None:
        name, given = happening
        self.stage.happens(name, **given)

    @invariant()
    def nothing_is_wrong(self) -> None:
        requires_nothing_to_be_wrong(self.play)


def requires_nothing_to_be_wrong(play: Play) -> None:
    """The checker objects to nothing that is posted, and no job was given up."""
    found = [str(one) for one in play.objections()]
    found += [f"{job.name}: {job.error}" for job in play.stage.given_up()]
    assert not found, "\n".join([*play.talk[-TALK:], *found])
