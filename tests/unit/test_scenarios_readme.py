import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
README = TESTS / "scenarios" / "README.md"
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", README.read_text(encoding="utf-8"))


def test_every_test_the_readme_names_exists() -> None:
    missing = [f"{path}::{name}" for path, name in NAMED if not is_there(path, name)]
    assert not missing, "\n".join(missing)
    assert len(NAMED) > 100


def is_there(path: str, name: str) -> bool:
    file = TESTS / path
    return file.exists() and re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.M) is not None


def test_each_of_the_thirteen_parts_is_played_by_a_test() -> None:
    parts = re.split(r"^## (?=\d)", README.read_text(encoding="utf-8"), flags=re.M)[1:]
    assert [int(part.split()[0]) for part in parts] == list(range(1, 14))
    assert all(".py::test_" in part for part in parts)
