"""What the fuzzer found, or made on its way to new code, is read; README.md says what is kept."""

from pathlib import Path

import pytest

from tests.fuzz.inputs import read_input

FOUND = sorted(path for path in (Path(__file__).parent / "found").iterdir() if path.suffix == ".bin")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_by_fuzzing_is_read(path: Path) -> None:
    read_input(path.read_bytes())
