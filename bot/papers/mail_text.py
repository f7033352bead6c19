"""What somebody wrote in a mail: without the mails it answers, its signature and its disclaimer; HTML as lines."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 20_000
BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4", "blockquote", "hr"})
UNSEEN = frozenset({"script", "style", "head", "title", "template"})
FORWARDED = re.compile(r"^\W*(?:-+ ?)?(?:begin )?forwarded message\b|^\W*-+ ?fwd? ?-+", re.I)
HEADER = re.compile(r"^\W*(?:from|date|sent|subject|to|cc|reply-to|importance)\s*:\W*\S.*$", re.I)
ANSWERED = re.compile(
    r"^\W*(?:on\b.{4,200}\bwrote:|-+ ?original message ?-+|_{10,}\s*$|le\b.{4,100}\ba écrit ?:|.{4,120}\bने लिखा:)", re.I
)
CONFIDENTIAL = (
    r"(?:this (?:e-?mail|message)|the information (?:contained )?in this)\b.{0,80}\b(?:confidential|intended)"
)
ENDS = re.compile(
    rf"^(?:--\s?$|sent from my |get outlook for |{CONFIDENTIAL}|(?:disclaimer|confidentiality notice|caution)\b)", re.I
)
SIGNED = re.compile(r"^(?:(?:thanks|thank you|best|kind|warm|with)\W*(?:&|and)?\W*)*(?:regards|धन्यवाद|सादर)\W*$", re.I)


class _Reader(HTMLParser):
    """The text of an HTML mail; nothing in it is fetched or run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in UNSEEN
        if tag in BLOCKS:
            self.said.append("\n")
        elif tag in ("td", "th"):
            self.said.append("  ")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(" ".join(data.split()) if not data.isspace() else " ")


def of_html(markup: str) -> str:
    """The lines an HTML mail shows."""
    reader = _Reader()
    reader.feed(markup[: 10 * LONGEST])
    lines = (re.sub(r" {3,}", "  ", line).strip() for line in "".join(reader.said).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def own_words(text: str) -> str:
    """What its sender wrote himself, and what he forwards; at most so much."""
    kept: list[str] = []
    forwarded = False
    for raw in text.replace("\r\n", "\n").splitlines():
        line = raw.strip()
        if FORWARDED.match(line):
            forwarded = True
            continue
        if line.startswith(">") or (HEADER.match(line) and (forwarded or _next_to_header(kept))):
            continue
        if ANSWERED.match(line) and not forwarded:
            break
        if ENDS.match(line) or (SIGNED.match(line) and not forwarded):
            if forwarded or not any(kept):
                continue
            break
        kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()[:LONGEST]


def _next_to_header(kept: list[str]) -> bool:
    """Outlook puts the head of the mail it answers below a rule or an empty line."""
    return not kept or not kept[-1]
