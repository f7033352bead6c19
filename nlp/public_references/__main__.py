"""Prints how the reader does on public references, which stay where they are: `python -m nlp.public_references`."""

from __future__ import annotations

import argparse
from pathlib import Path

from nlp.evaluation.corpus import CORPUS
from nlp.evaluation.tables import in_per_cent, say
from nlp.public_references import catalogues, dates, messages, numbers, romanised

USUAL = CORPUS.parents[2] / "shared" / "references"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nlp.public_references", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=USUAL)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        say(f"There are no public references in {folder}; name their folder to score them.")
        return
    for part in (numbers, dates, romanised, messages, catalogues):
        for score in part.scores(folder):
            counted = f"{score.share.count}/{score.share.of}" if score.share else ""
            shown = in_per_cent(score.share) if score.share else score.figure
            say(f"{score.source:32s} {score.what:58s} {shown:>20s}  {counted}")


if __name__ == "__main__":
    main()
