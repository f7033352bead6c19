"""The house stands as its documents say: rooms, settings, commands, sentences."""

import re
import tomllib
from pathlib import Path

import click
from babel.messages.pofile import read_po

from bot.bubbles import BUTTON_TITLE
from bot.replies.words import CATALOGUES
from bot.settings import Settings
from routing.model import MatterKind
from web.serve import commands_alone

ROOT = Path(__file__).parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
NOT_ROOMS = {"tests", "docs", "demo", "data", "bench"}


def test_every_top_level_folder_with_code_is_placed_in_the_import_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "_")) and any(path.glob("*.py"))
    }
    assert folders - NOT_ROOMS == set(contracts["root_packages"])


def test_every_setting_is_in_the_documents() -> None:
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", OPERATING))
    assert {name.upper() for name in Settings.model_fields} <= told


def test_every_command_is_in_the_documents_and_says_what_it_does() -> None:
    section = OPERATING.partition("## Commands")[2].partition("## Health")[0]
    ours = {"run", "shell", "routes"}
    for name, command in commands_alone().cli.commands.items():
        if name in ours:
            continue
        assert f"`{name}" in section, name
        assert command.get_short_help_str(), name
        if isinstance(command, click.Group):
            assert all(sub.get_short_help_str() for sub in command.commands.values()), name


def test_every_kind_of_matter_is_explained_to_the_office() -> None:
    section = OPERATING.partition("## The order desk")[2]
    for kind in MatterKind:
        assert kind.value.replace("_", " ") in section, kind


def _catalogues() -> dict[str, dict[str, str]]:
    found = {}
    for path in CATALOGUES.glob("*.po"):
        with path.open("rb") as file:
            found[path.stem] = {str(m.id): str(m.string) for m in read_po(file) if m.id}
    return found


def test_every_sentence_exists_in_every_language_with_the_same_facts() -> None:
    catalogues = _catalogues()
    assert set(catalogues) == {"en", "hi", "hi_Latn"}
    english = catalogues["en"]
    for sentences in catalogues.values():
        assert set(sentences) == set(english)
        for key, sentence in sentences.items():
            assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", english[key])), key


def test_every_button_title_fits_on_a_button() -> None:
    for sentences in _catalogues().values():
        for key, title in sentences.items():
            assert not key.startswith("button.") or len(title) <= BUTTON_TITLE, (key, title)


def test_no_sentence_is_left_over_in_the_catalogues() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    made = re.findall(r'f"([a-z_]+\.[a-z_]*){', code)
    for key in _catalogues()["en"]:
        assert re.search(rf"[\"']{re.escape(key)}[\"']", code) or any(map(key.startswith, made)), key
