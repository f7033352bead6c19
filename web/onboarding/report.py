"""The report of `onboard`: one page to print, and what stands in it as CSV that no spreadsheet runs."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.model import OnboardingStep
from bot.onboarding.state import TITLES, Step
from orders.alias_files import safe
from orders.comparison import Verdict

TEMPLATE = "onboarding/report.html"
OURS_ALONE = 0o600
FOLDER = 0o700

Row = Sequence[object]


def write_report(file: Path, done: Mapping[Step, OnboardingStep], *, company: str, at: str) -> list[Path]:
    """Write the page and its CSV files beside it; which files there are now. Only their owner may read them."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER)
    outcomes = {step.value: done[step].outcome if step in done else {} for step in Step}
    page = _environment().get_template(TEMPLATE)
    shadow = outcomes[Step.SHADOW].get("customers", [])
    text = page.render(
        company=company,
        at=at,
        titles={step.value: title for step, title in TITLES.items()},
        steps=[(step, TITLES[step], done.get(step)) for step in Step],
        total={verdict.value: sum(one[verdict.value] for one in shadow) for verdict in Verdict},
        **outcomes,
    )
    _write(file, text)
    written = [file]
    for name, head, rows in _listings(outcomes):
        beside = file.with_name(name)
        _write_csv(beside, head, rows)
        written.append(beside)
    return written


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("web"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )


def _listings(outcomes: Mapping[str, Any]) -> Iterable[tuple[str, Row, list[Row]]]:
    data, chats, shadow = (outcomes[step] for step in (Step.DATA, Step.CHATS, Step.SHADOW))
    if data:
        bad: list[Row] = [
            ("row not used", one["place"], "", one["text"], one["remedy"], "yes") for one in data["unusable"]
        ]
        gaps: list[Row] = [
            (one["kind"], one["code"], one["name"], one["text"], one["remedy"], "yes" if one["serious"] else "no")
            for one in data["gaps"]
        ]
        yield "master-data.csv", ("kind", "code", "name", "what", "remedy", "serious"), bad + gaps
    names: list[Row] = [
        (kind, one["customer"], one["phrase"], one["sku"], one["times"], lesson["day"], lesson["said"], lesson["keyed"])
        for kind in ("proposals", "too_seldom")
        for one in chats.get(kind, [])
        for lesson in one["lessons"]
    ] + [
        ("conflict", one["customer"], one["phrase"], meaning["sku"], meaning["times"], *_newest(meaning["lessons"]))
        for one in chats.get("conflicts", [])
        for meaning in one["meanings"]
    ]
    if names:
        yield "names.csv", ("kind", "customer", "name", "sku", "times", "day", "message line", "order line"), names
    customers: list[Row] = [
        (one["code"], one["name"], one["days"], *(one[verdict.value] for verdict in Verdict), one["without_an_order"])
        for one in shadow.get("customers", [])
    ]
    if customers:
        yield "shadow.csv", ("code", "name", "days", *Verdict, "days without an order"), customers


def _newest(lessons: Sequence[Mapping[str, str]]) -> Row:
    return (lessons[0]["day"], lessons[0]["said"], lessons[0]["keyed"]) if lessons else ("", "", "")


def _write(file: Path, text: str) -> None:
    """Aside, then renamed: whoever has the report open sees the old one or the new one."""
    aside = file.with_name(f".{file.name}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
        out.write(text)
    aside.replace(file)


def _write_csv(file: Path, head: Row, rows: Iterable[Row]) -> None:
    aside = file.with_name(f".{file.name}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE)
    # With a byte order mark Excel reads the names of firms and goods in every script.
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(head)
        writer.writerows([safe(str(cell)) for cell in row] for row in rows)
    aside.replace(file)
