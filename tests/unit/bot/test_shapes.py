import re

from hypothesis import given
from hypothesis import strategies as st

from bot.bubbles import length
from bot.channels.port import Choice, OutgoingMessage
from bot.channels.shapes import LONGEST_VALUE, Shaped, clean, in_one_line, shaped, template_name


def message(*lines: str, **changes: object) -> OutgoingMessage:
    fixed = {"id": "1", "to": "+919800000001", "kind": "summary", "language": "hi_Latn"}
    confirm = (Choice(payload="confirm:tok", title="Confirm"), Choice(payload="cancel:tok", title="Cancel"))
    return OutgoingMessage(**{**fixed, "lines": lines, "buttons": confirm, **changes})


def filled(made: Shaped) -> str:
    (kind,) = made.shape.types.values()
    return re.sub(r"\{\{(\d+)\}\}", lambda match: made.values[match[1]], kind["body"])


def rows(*descriptions: str) -> dict[str, object]:
    made = tuple(
        Choice(payload=f"pick:tok:{n}", title=f"Row {n}", description=text) for n, text in enumerate(descriptions)
    )
    return {"buttons": (), "rows": made, "rows_title": "Choose"}


def test_each_line_is_a_variable_and_the_line_breaks_belong_to_the_shape() -> None:
    made = shaped(message("1. Parle G 20 peti", "", "Total ₹4,000"))
    assert made.shape.types["twilio/quick-reply"]["body"] == "{{1}}\n\n{{2}}"
    assert filled(made) == "1. Parle G 20 peti\n\nTotal ₹4,000"


def test_titles_stand_in_the_shape_and_payloads_are_variables() -> None:
    made = shaped(message("Shall I send it?"))
    assert made.shape.types["twilio/quick-reply"]["actions"] == [
        {"type": "QUICK_REPLY", "title": "Confirm", "id": "{{2}}"},
        {"type": "QUICK_REPLY", "title": "Cancel", "id": "{{3}}"},
    ]
    assert made.values == {"1": "Shall I send it?", "2": "confirm:tok", "3": "cancel:tok"}
    assert made.shape.samples.keys() == made.values.keys()


def test_two_messages_of_one_kind_language_and_number_of_lines_and_buttons_share_a_shape() -> None:
    one, other = shaped(message("20 peti", "Total 1")), shaped(message("30 peti", "Total 2"))
    assert one.shape == other.shape


def test_another_kind_language_or_number_of_lines_is_another_shape() -> None:
    names = {
        shaped(message("a", "b")).shape.name,
        shaped(message("a")).shape.name,
        shaped(message("a", "b", kind="stale")).shape.name,
        shaped(message("a", "b", language="en")).shape.name,
        shaped(message("a", "", "b")).shape.name,
        shaped(message("a", "b", **rows("x"))).shape.name,
        shaped(message("a", "b", **rows("x", "y"))).shape.name,
        shaped(message("a", "b", **rows("x", ""))).shape.name,
    }
    assert len(names) == 8


def test_a_row_without_a_description_has_no_empty_variable() -> None:
    made = shaped(message("Which one?", **rows("70 g", "")))
    items = made.shape.types["twilio/list-picker"]["items"]
    assert [set(item) for item in items] == [{"id", "item", "description"}, {"id", "item"}]
    assert all(made.values.values())


def test_a_line_too_long_for_one_variable_takes_two_and_reads_the_same() -> None:
    line = " ".join(f"word{n}" for n in range(80))
    made = shaped(message(line, buttons=(Choice(payload="a:b", title="A"),)))
    assert len(made.values) > 2
    assert filled(made) == line


def test_a_template_for_an_approved_opening_has_a_name_whatsapp_takes() -> None:
    assert template_name("summary", "hi_Latn") == "munshi_summary_hi_latn"
    assert re.fullmatch(r"[a-z0-9_]+", template_name("not-ours", "hi-Latn"))


def test_a_text_too_long_for_the_one_variable_of_a_template_ends_at_a_word() -> None:
    text = in_one_line(["Order noted", "", *(f"line number {n}" for n in range(60))])
    assert length(text) <= LONGEST_VALUE
    assert re.search(r"(line|number|\d+|·) …$", text)
    assert in_one_line(["Posted", "", "M26000123"]) == "Posted · M26000123"


TEXT = st.text(min_size=0, max_size=400)


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_no_variable_is_ever_empty_long_or_broken(lines: list[str]) -> None:
    made = shaped(message(*lines))
    for value in made.values.values():
        assert value.strip()
        assert length(value) <= LONGEST_VALUE
        assert not re.search(r"[\n\r\t]| {5,}", value)
    assert filled(made).split() == "\n".join(clean(line) for line in lines).split()
