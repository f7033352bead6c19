"""The checker is worth something: broken rules give something away, and it says so; as they are it is silent."""

from collections.abc import Callable

import pytest

from tests.prices.conftest import Begin
from tests.prices.mutations import MUTATIONS, Mutation, broken
from tests.prices.play import Play

PLAYS = sorted({mutation.play for mutation in MUTATIONS.values()}, key=lambda play: play.__name__)


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_broken_rule_is_objected_to(begin: Begin, mutation: Mutation) -> None:
    with begin() as play, broken(mutation):
        mutation.play(play)
        found = play.objections()
    assert mutation.found in {one.wrong for one in found}, [play.talk[-3:], found]


@pytest.mark.parametrize("plays", PLAYS, ids=lambda plays: plays.__name__)
def test_the_same_play_by_the_rules_is_not(begin: Begin, plays: Callable[[Play], None]) -> None:
    with begin() as play:
        plays(play)
        found = [str(one) for one in play.objections()]
        assert not found, "\n".join([*found, *play.talk])
