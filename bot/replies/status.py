"""How far an order has come, in words: what has left, under which papers, what remains and when."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.replies.words import Words, amount
from erp.listed_orders import ListedLine

MOST_LINES = 12


def progress_text(
    words: Words, lines: Sequence[ListedLine], names: Mapping[str, str], *, leaves_on: date | None
) -> list[str]:
    """Of an order that the ERP lists, or has listed; nothing, where it has not."""
    if not lines:
        return [] if leaves_on is None else [words("status.leaves", day=words.day(leaves_on))]
    if all(_rest(line) <= 0 for line in lines):
        return [words("status.all_left", papers=_papers(lines))]
    if not any(_gone(line) for line in lines):
        day = _promised(lines) or leaves_on
        return [words("status.not_left") if day is None else words("status.not_left_until", day=words.day(day))]
    texts = [words("status.part_left", papers=_papers(lines))]
    texts += [_line(words, line, names) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        texts.append(words("summary.more_lines", count=len(lines) - MOST_LINES))
    if day := _promised(lines):
        texts.append(words("status.rest_on", day=words.day(day)))
    return texts


def keyed_text(words: Words, number: str, lines: Sequence[ListedLine], names: Mapping[str, str]) -> list[str]:
    """Of an order that was keyed in the ERP."""
    placed = min(line.line.date for line in lines)
    said = words("status.keyed", number=number, day=words.day(placed), count=len(lines))
    return [said, *progress_text(words, lines, names, leaves_on=None)]


def _gone(line: ListedLine) -> Decimal:
    row = line.line
    return max(row.dispatched, row.invoiced) if line.listed else row.ordered - row.cancelled


def _rest(line: ListedLine) -> Decimal:
    return line.line.ordered - line.line.cancelled - _gone(line)


def _promised(lines: Sequence[ListedLine]) -> date | None:
    return min((line.line.promised_on for line in lines if line.line.promised_on and _rest(line) > 0), default=None)


def _line(words: Words, line: ListedLine, names: Mapping[str, str]) -> str:
    row = line.line
    of = amount(row.ordered - row.cancelled, row.uom)
    return words("status.line", item=names.get(row.sku, row.sku), left=amount(_gone(line), ""), of=of)


def _papers(lines: Sequence[ListedLine]) -> str:
    """Of the last consignment: bill, vehicle and LR."""
    said = dict.fromkeys(
        text
        for line in lines
        for text in (
            line.line.invoice,
            line.line.vehicle,
            f"LR {line.line.lr_no}" if line.line.lr_no else "",
        )
        if text
    )
    return f" ({', '.join(said)})" if said else ""
