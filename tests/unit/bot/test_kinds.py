"""Every kind of outgoing message has a form in every language that WhatsApp may approve."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.channels.openings import SENTENCES, VARIABLES, body, openings, samples
from bot.channels.port import OutgoingMessage
from bot.channels.shapes import LONGEST_VALUE, clean
from bot.kinds import OUTGOING, Form, is_answer
from bot.replies.words import CATALOGUES, SPOKEN, words
from orders.model import OrderState

BOT = Path(__file__).parents[3] / "bot"
SAYS = {"Bubble", "order_bubble", "pages"}
LEAST_WORDS_A_VARIABLE = 5


def kinds_in_the_code() -> Iterator[str]:
    """Each kind that a bubble is given by its name, and those made of sentences and states."""
    for path in BOT.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in SAYS:
                given = [word.value for word in call.keywords if word.arg == "kind"]
                given += call.args[2:3] if _name(call.func) == "order_bubble" else []
                yield from (one.value for one in given if isinstance(one, ast.Constant))
    with (CATALOGUES / "en.po").open("rb") as file:
        yield from (str(m.id).replace(".", "_") for m in read_po(file) if str(m.id).startswith("notice."))
    yield from (state.value for state in OrderState)


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def test_every_kind_that_is_said_is_known_and_none_other() -> None:
    assert {"reply", *kinds_in_the_code()} == set(OUTGOING)


def test_every_form_is_somebodys_and_has_its_words() -> None:
    assert {kind.form for kind in OUTGOING.values()} == set(Form) == set(SENTENCES) == set(VARIABLES)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("form", Form)
def test_a_form_is_such_as_whatsapp_approves(form: Form, language: str) -> None:
    text, given = body(form, words(language)), samples(form, words(language))
    numbers = [int(number) for number in re.findall(r"{{(\d+)}}", text)]
    assert numbers == list(range(1, len(given) + 1)), "counted from one, none left out"
    assert not text.startswith("{{"), "no variable at the beginning"
    assert not re.search(r"}}\W*$", text), "nor at the end"
    assert not re.search(r"}}\W*{{", text), "nor two side by side"
    assert len(text.split()) >= LEAST_WORDS_A_VARIABLE * len(numbers), "more words than variables"
    for sample in given:
        assert sample == clean(sample) != ""
        assert len(sample) <= LONGEST_VALUE


def test_no_two_forms_say_the_same() -> None:
    texts = [body(form, words(language)) for form in Form for language in SPOKEN]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("kind", OUTGOING)
@pytest.mark.parametrize("language", SPOKEN.values())
def test_any_kind_may_open_a_conversation_in_any_language(kind: str, language: str) -> None:
    lines = ("Order M26000123", "\tis here ", "", "x" * 400)
    message = OutgoingMessage(id="1", to="+91", kind=kind, language=language, lines=lines, order="M26000123")
    first, *others = openings(message)
    assert first.form is OUTGOING[kind].form
    assert [one.form for one in others] == ([] if first.form is Form.ANY else [Form.ANY])
    for one in (first, *others):
        assert len(one.values) == len(VARIABLES[one.form])
        assert all(value == clean(value) and 0 < len(value) <= LONGEST_VALUE for value in one.values)


def test_news_of_an_order_whose_number_is_not_known_goes_in_the_form_for_any() -> None:
    message = OutgoingMessage(id="1", to="+91", kind="posted", language="en", lines=("posted",))
    assert [one.form for one in openings(message)] == [Form.ANY]


@pytest.mark.parametrize("kind", OUTGOING)
def test_whatever_is_said_in_a_turn_answers(kind: str) -> None:
    assert is_answer(kind, inbound_id=1)
    assert not is_answer("a_kind_of_tomorrow", inbound_id=None), "what nobody knows is said on our own"
