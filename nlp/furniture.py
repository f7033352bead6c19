"""What stands around an order and is none of it: forwarding marks, signatures, telephone and tax numbers, list numbers.

Each function claims atoms by naming itself in `taken`; claimed atoms cost the search nothing and explain nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable

from nlp.atoms import Atom
from nlp.tokens import Kind, tokens
from nlp.values import CustomerRecord

PATTERNS = {
    "contact": re.compile(
        r"\b\d{2}[A-Z]{5}\d{4}[A-Z]\w{3}\b"  # GSTIN
        r"|(?<![\d-])(?:\+?91[ -]?)?[6-9]\d{4}[ -]?\d{5}(?!\d)|\+\d[\d \-]{8,14}\d(?!\d)|\b\d{10,}\b|(?<![\w.])[\w.]+@[\w.]+\.\w+|https?://\S+|\bbit\.ly\S*"
    ),
    "forwarded": re.compile(
        r"^[^\w\n]*forwarded(?: many times)?[^\w\n]*$"
        r"|\[\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?, ?\d{1,2}:\d{2}[^\]]{0,20}\][^:\n]{0,40}:",
        re.I | re.M,
    ),
    "address": re.compile(
        r"(?<=[^\W\d_]{3})[ ,–-]{1,3}[1-9]\d{5}(?=\W*(?:\n|$))"  # a PIN code behind its place
        r"|^[ \t]*(?:add(?:ress)?[ \t]*[:.-]|(?:plot|shop|door|flat|house) no\b|[hd]\. ?no\b)[^\n]*",
        re.I | re.M,
    ),
    "vehicle": re.compile(r"\b[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}\b"),
    "time": re.compile(
        r"\b\d{1,2}(?:[:.]\d{2})? ?(?:am|pm|baje|bje|vaje|vajya|manikku|mani)\b|\b\d{1,2}:\d{2}\b", re.I
    ),
}
SIGNING = re.compile(
    r"^[ \t]*(?:(?:thanks|thank you|with)?[ ,&and]*(?:warm |best |kind )?"
    r"(?:regards|rgds)|sent from|yours (?:truly|faithfully)|--+)\b"
    r".*",
    re.I | re.M,
)
CONTACT_LINE = re.compile(
    r"(?:^[^\n\d]{0,60})?\b(?:gstin?|gst no|mob(?:ile)?|ph(?:one)?|contact|tel|m)\b"
    r"[ .:]*(?:no)?[ .:-]*(?:\+?\d[\d -]{7,}\d|\d{2}[A-Z]{5}\w+)",
    re.I | re.M,
)
DELIVERY_LINE = re.compile(
    r"(?:^|(?<=[.;,|]))[ \t]*"
    r"(?:transport(?:er)?|tpt|trpt|(?:delv|delivery|deliver|ship)(?: at| to)|delv|delivery|deliver|despatch thr\w*|"
    r"(?:send|goods) (?:thr\w*|through|by)|ट्रांसपोर्ट|ટ્રાન્સપોર્ટ)\b[ \t:.-]+"
    r"(?![^\n]*\b(?:by|before|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow)\b)(?P<said>[^\n,;:]{3,80})",
    re.I | re.M,
)
OTHER_PLACE = re.compile(
    r"(?:\b(?:to|at|on) )?(?:\bthe |\bmy |\bour )?"
    r"(?P<said>\b(?:second|2nd|other|doosr[aei]|dusr[aei]|dus+re|dusara)\b (?:wale? |wali )?"
    r"(?:address|addres|adress|place|location|godown|warehouse|shop|branch|dukaan|dukan|pat[ae]|jagah|jagh)\b"
    r"|(?:दूसरे|दूसरी|दूसरा) (?:पते|पता|जगह|गोदाम|दुकान))(?: (?:par|pe|per|ko|mein|me|पर|में|को)\b)?",
    re.I,
)
"""“To the second address”: the one that is not the usual one."""
REFERENCE = re.compile(
    r"\b(?:our |your )?(?:p\.?o\.?|purchase order)\b[ .:#-]*(?:no[. ]*)?[A-Z0-9/-]*\d[A-Z0-9/-]*"
    r"(?:[ ,]*(?:dt|dated|date)[. :]*[\d/.-]+)?",
    re.I,
)
DOCUMENT_DATE = re.compile(r"\b(?:dt|dtd|dated|date)[. :]*\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?", re.I)
HEAD_DATE = re.compile(
    r"\A\W*(?:(?:material|order|purchase|new|our|maal|today'?s) )?"
    r"(?:indent|order|requirement|requisition|list|slip|parchi|po)"
    r"[ \t:.,#-]*(?P<date>\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?)[ \t]*(?=\n)",
    re.I,
)
"""`INDENT 09/11` above the lines: when it was written."""
AMOUNT = re.compile(r"(?<![\d/-])\d{1,4}(?![\d/])")
BULLET = re.compile(r"^[ \t]*\(?(\d{1,2})(?:[.)](?!\d)|\) |\t| {2,})", re.M)


def claim(atoms: list[Atom], start: int, end: int, name: str) -> None:
    """Marks the atoms that lie wholly between two characters of the text."""
    for atom in atoms:
        if atom.taken is None and start <= atom.start and atom.end <= end and atom.kind is not Kind.BREAK:
            atom.taken = name


def furnish(text: str, atoms: list[Atom], *, buyer: bool) -> dict[str, str]:
    """Claims everything that is no order; returns the references and instructions found on the way as slots."""
    slots: dict[str, str] = {}
    if buyer:
        for match in REFERENCE.finditer(text):
            slots.setdefault("customer_reference", match.group(0).strip(" .:-"))
            claim(atoms, match.start(), match.end(), "reference")
    for match in DOCUMENT_DATE.finditer(text):
        claim(atoms, match.start(), match.end(), "document date")
    if head := HEAD_DATE.match(text):
        claim(atoms, head.start("date"), head.end("date"), "document date")
    for match in DELIVERY_LINE.finditer(text):
        if buyer:
            name = "ship_to" if re.match(r"\W*(?:del|ship)", match.group(0), re.I) else "transport"
            slots.setdefault(name, match["said"].strip(" .,"))
            claim(atoms, match.start(), match.end(), name)
    for match in OTHER_PLACE.finditer(text) if buyer else ():
        slots.setdefault("ship_to", match["said"])
        claim(atoms, match.start(), match.end(), "ship_to")
    for name, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            claim(atoms, match.start(), match.end(), name)
    for match in CONTACT_LINE.finditer(text):
        claim(atoms, match.start(), match.end(), "contact")
    _signature(text, atoms)
    _bullets(text, atoms)
    return slots


def names_other_place(said: str) -> bool:
    """Whether a place is only called the other one."""
    return OTHER_PLACE.fullmatch(said) is not None


def name_sender(atoms: list[Atom], firm: CustomerRecord, goods: Container[str]) -> None:
    """Claims the words of the sender's own firm and city, unless the catalogue knows them as words for goods."""
    own = {
        token.fold for token in tokens(f"{firm.name} {firm.city}") if token.kind is Kind.WORD and len(token.fold) > 2
    }
    for at, atom in enumerate(atoms):
        beside = [other.fold for other in (*atoms[max(0, at - 1) : at], *atoms[at + 1 : at + 2])]
        counts = atom.number is not None and not (atom.worded and own.intersection(beside))
        free = atom.taken is None and atom.wordlike and not counts  # the Saha of `Saha Brothers` is no six
        if free and atom.fold in own and atom.fold not in goods:
            atom.taken = "sender"


def _signature(text: str, atoms: list[Atom]) -> None:
    """From `Regards` on: names and places of the sender, never goods; up to an empty line or one with an amount.

    The first line is the sender's name, whatever stands in it. What stands below a signature may be the next message
    of several sent as one.
    """
    for match in SIGNING.finditer(text):
        if match.start() == 0:
            continue
        end = match.end()
        for below, line in enumerate(re.compile(r"\n([^\n]*)").finditer(text, end)):
            if not line.group(1).strip() or (below and AMOUNT.search(line.group(1))):
                break
            end = line.end()
        claim(atoms, match.start(), end, "signature")


def _bullets(text: str, atoms: list[Atom]) -> None:
    """`1.` `2)` at the heads of lines, when they count from one."""
    matches = list(BULLET.finditer(text))
    numbers = [int(match.group(1)) for match in matches]
    if numbers[:1] == [1] and all(later == earlier + 1 for earlier, later in itertools.pairwise(numbers)):
        for match in matches:
            claim(atoms, match.start(), match.end(), "bullet")


def taken_spans(atoms: Iterable[Atom], name: str) -> list[tuple[int, int]]:
    return [(atom.start, atom.end) for atom in atoms if atom.taken == name]
