"""A message that fails for good is shown to a person and told to its sender; nothing acts behind its back."""

from bot.desk import Act, act
from bot.model import InboundState
from tests.scenarios.cast import RAMESH
from tests.scenarios.faults import broken, until_given_up
from tests.scenarios.stage import Stage

COULD_NOT_READ = "padha nahi ja saka"


def open_matter(stage: Stage, kind: str = "failed_message") -> int:
    (matter,) = stage.matters(kind)
    return matter.id


def read_again(stage: Stage, matter_id: int) -> None:
    """A person at the order desk has the message read again."""
    with stage.session() as session:
        act(stage.app, session, matter_id, Act.READ_AGAIN, by="Deepika Solanki", reason="the disk is well again")
    stage.run()


def test_a_message_that_failed_for_good_stands_before_a_person_and_its_sender_is_told(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    with broken(stage):
        sid = ramesh.sends("10 peti marie 120")
        until_given_up(stage)
    ramesh.expects(COULD_NOT_READ, buttons=[])
    (matter,) = stage.matters("failed_message")
    assert matter.inbound_id == stage.inbound(sid).id
    assert "could not write to the disk" in matter.facts["error"]
    assert stage.inbound(sid).state == InboundState.FAILED
    assert not stage.drafts()


def test_a_message_that_failed_once_is_tried_again_and_answered_as_if_nothing_had_been(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    with broken(stage):
        ramesh.says("10 peti marie 120")
    ramesh.expects_nothing()
    stage.passes(seconds=1)
    ramesh.expects("10 CASE", buttons=["confirm", "change", "cancel"])
    assert not stage.matters()


def test_haan_behind_a_failed_message_does_not_confirm_the_older_draft(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti marie 120")
    ramesh.expects("10 CASE")
    stage.passes(seconds=20)
    with broken(stage):
        ramesh.sends("aur 5 peti lachhi")
        ramesh.sends("haan")
        until_given_up(stage)
    stage.passes(seconds=60)
    ramesh.expects(COULD_NOT_READ)
    ramesh.expects("ek baar phir", "10 CASE", buttons=["confirm", "change", "cancel"])
    assert not stage.orders()
    stage.passes(seconds=5)
    ramesh.says("haan")
    ramesh.expects("✅")


def test_a_tap_behind_a_failed_message_shows_the_order_again_instead_of_confirming_it(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti marie 120")
    ramesh.expects("10 CASE")
    stage.passes(seconds=20)
    with broken(stage):
        ramesh.sends("aur 5 peti lachhi")
        ramesh.presses("confirm")
        until_given_up(stage)
    stage.passes(seconds=60)
    ramesh.expects(COULD_NOT_READ)
    ramesh.expects("10 CASE", buttons=["confirm", "change", "cancel"])
    assert not stage.orders()
    ramesh.taps("confirm")
    ramesh.expects("✅")


def test_a_yes_that_failed_and_is_read_again_later_does_not_confirm_what_the_order_has_become(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti marie 120")
    ramesh.expects("10 CASE")
    with broken(stage):
        ramesh.sends("haan")
        until_given_up(stage)
    ramesh.expects(COULD_NOT_READ)
    ramesh.says("aur 5 peti lachhi")
    ramesh.expects("10 CASE", "5 CASE")
    read_again(stage, open_matter(stage))
    ramesh.expects("ek baar phir", "5 CASE", buttons=["confirm", "change", "cancel"])
    assert not stage.orders()


def test_a_tap_that_failed_and_is_read_again_later_does_not_act(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti marie 120")
    ramesh.expects("10 CASE")
    with broken(stage):
        ramesh.presses("confirm")
        until_given_up(stage)
    ramesh.expects(COULD_NOT_READ)
    read_again(stage, open_matter(stage))
    ramesh.expects("10 CASE", buttons=["confirm", "change", "cancel"])
    assert not stage.orders()


def test_an_order_that_failed_and_is_read_again_hours_later_asks_whether_it_is_still_wanted(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    with broken(stage):
        ramesh.sends("10 peti marie 120")
        until_given_up(stage)
    ramesh.expects(COULD_NOT_READ)
    stage.passes(hours=3)
    read_again(stage, open_matter(stage))
    ramesh.expects("Ab bhi chahiye", "10 CASE", buttons=["confirm", "change", "cancel"])
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert not stage.matters("failed_message")


def test_what_earlier_messages_left_to_one_that_fails_is_shown_all_the_same(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    with broken(stage, "lachhi"):
        ramesh.sends("10 peti marie 120")
        ramesh.sends("aur 5 peti lachhi")
        until_given_up(stage)
    ramesh.expects(COULD_NOT_READ)
    ramesh.expects("10 CASE", buttons=["confirm", "change", "cancel"], without=["5 CASE"])
