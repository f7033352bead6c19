"""What a report may show of numbers: the last four figures of a telephone number, wherever it stands."""

import re

# With a plus; as India writes a mobile number; or ten figures and more in one run. Amounts and sizes stand apart.
NUMBER = re.compile(
    r"\+[(]?\d(?:[ \t().\-–\u00a0]{0,2}\d){7,}|(?<!\d)(?:(?:0|91)[ \-]?)?[6-9]\d{4}[ \-]\d{5}(?!\d)|\d{10,}"
)
SHOWN = 4


def masked(text: str) -> str:
    """The text with each telephone number cut to its last four figures."""
    return NUMBER.sub(lambda found: "…" + "".join(filter(str.isdigit, found.group()))[-SHOWN:], text)
