#!/usr/bin/env python3
"""Writes the demo plant: the same seed and day give the same bytes, on every machine."""

import argparse
import sys
from datetime import date
from pathlib import Path

from recipe.plant import tables
from recipe.tables import Setting, Table

SEED = 56
TODAY = date(2026, 11, 21)
"""The committed plant's present; pass --today to move the whole plant in time."""


def main(arguments: list[str] | None = None) -> int:
    """Write every table and say so; 2 when a target folder cannot be made."""
    options = _options(arguments)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"{options.out}: {error.strerror}; choose another folder with --out", file=sys.stderr)
        return 2
    print(f"Demo plant of {options.today}, seed {options.seed} -> {options.out}")
    written = [_write(made, options.out) for made in tables(Setting(seed=options.seed, today=options.today))]
    print(f"{len(written)} files, {sum(written) / 1_000_000:.1f} MB")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "plant", help="folder (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="for all that is left to chance (default: %(default)s)")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=TODAY,
        metavar="YYYY-MM-DD",
        help="the plant's present (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def _write(made: Table, folder: Path) -> int:
    """Write one file aside and rename it, so that whoever reads the folder never sees half of it."""
    content = made.as_csv()
    aside = folder / f".{made.name}.new"
    aside.write_bytes(content)
    aside.replace(folder / made.name)
    print(f"  {made.name:<24}{len(made.rows):>7} rows {len(content) // 1024:>6} kB", flush=True)
    return len(content)


if __name__ == "__main__":
    sys.exit(main())
