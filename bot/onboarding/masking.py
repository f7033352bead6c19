"""What a report may show of numbers: the last four figures of a telephone number, wherever it stands."""

import re

NUMBER = re.compile(r"[+(]?\d(?:[ \t().\-–\u00a0]{0,3}\d){8,}")
SHOWN = 4


def masked(text: str) -> str:
    """The text with each run of nine figures and more cut to its last four."""
    return NUMBER.sub(lambda found: "…" + "".join(filter(str.isdigit, found.group()))[-SHOWN:], text)
