"""Files by what they begin with, and what opening one in its own process does with harm."""

import pytest

from bot.papers.kinds import PaperKind, announced_kind, kind_of
from bot.papers.opening import opened
from bot.papers.values import CannotRead, Origin, Refusal
from tests.made_papers import PDF, XLSX, bomb, order_pdf, packed, xlsx


@pytest.mark.parametrize(
    ("content", "said", "kind"),
    [
        (b"%PDF-1.4", "image/jpeg", PaperKind.PDF),
        (b"PK\x03\x04", XLSX, PaperKind.WORKBOOK),
        (b"PK\x03\x04", PDF, None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel", PaperKind.WORKBOOK),
        (b"Item,Qty", "application/vnd.ms-excel", PaperKind.DELIMITED),
        (b"\xff\xd8\xff\xe0", "", PaperKind.PICTURE),
        (b"MZ\x90", "application/octet-stream", None),
    ],
)
def test_a_file_is_what_it_begins_with_not_what_it_is_called(content: bytes, said: str, kind: PaperKind | None) -> None:
    assert kind_of(content, content_type=said) == kind


def test_what_nobody_here_can_read_is_known_before_it_is_there() -> None:
    assert announced_kind("application/zip") is None
    assert announced_kind("application/octet-stream", "Order.XLSX") is PaperKind.WORKBOOK


def test_a_workbook_and_a_pdf_are_opened_in_a_process_of_their_own() -> None:
    found = opened(PaperKind.WORKBOOK, xlsx([["Item", "Qty"], ["Kutku", 20], ["", 2.5]]))
    assert [[cell.text for cell in row] for row in found.rows] == [["Item", "Qty"], ["Kutku", "20"], ["2.5"]]
    found = opened(PaperKind.PDF, order_pdf(["PO No: 7"], [("Item", "Qty"), ("Kutku G", "20")]))
    assert found.origin is Origin.PDF
    assert [[cell.text for cell in row] for row in found.rows][-1] == ["Kutku G", "20"]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        (PaperKind.WORKBOOK, bomb(80), Refusal.TOO_LARGE),
        (PaperKind.WORKBOOK, packed({"xl/vbaProject.bin": b"macro"}), Refusal.BROKEN),
        (PaperKind.PDF, b"%PDF-1.4 torn", Refusal.BROKEN),
        (PaperKind.PICTURE, b"\xff\xd8\xff torn", Refusal.BROKEN),
        (PaperKind.DELIMITED, b"\n\n", Refusal.EMPTY),
        (PaperKind.PDF, b"%PDF-" + b"0" * (17 * 1024 * 1024), Refusal.TOO_LARGE),
    ],
    ids=["bomb", "macros alone", "torn pdf", "torn picture", "empty", "huge"],
)
def test_what_cannot_be_opened_says_why_in_one_word(kind: PaperKind, content: bytes, reason: Refusal) -> None:
    with pytest.raises(CannotRead) as refused:
        opened(kind, content)
    assert refused.value.reason is reason
