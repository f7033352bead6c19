"""Exported chats of Android and iOS, in several languages: who wrote what when, and nothing of WhatsApp's own."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.onboarding.chat_export import ChatExport, DateOrder, UnreadableChat, parse_chat, read_chat
from bot.onboarding.masking import masked

ANDROID = """21/11/2026, 10:05\u202fam - Messages and calls are end-to-end encrypted. Nobody else can read.
21/11/2026, 10:06\u202fam - Ramesh Agrawal: 20 peti kutku g chota
aur 5 ctn lachhi
Note: kal subah
21/11/2026, 10:07\u202fpm - +91 98765 43210: <Media omitted>
22/11/2026, 12:07\u202fam - +91 98765 43210: IMG-20261122-WA0001.jpg (file attached)
caption here
22/11/2026, 12:09\u202fpm - Ramesh Agrawal: 5 nahi 7 peti <This message was edited>
22/11/2026, 12:10\u202fpm - Ravi changed the subject to "Orders: new"
22/11/2026, 12:10\u202fpm - Ramesh Agrawal: This message was deleted
22/11/2026, 12:11\u202fpm - Ramesh Agrawal: Missed voice call
"""
IOS = """\ufeff[21/11/26, 10:05:33\u202fAM] Sharma: \u200eMessages and calls are end-to-end encrypted.
\u200e[21/11/26, 10:06:33\u202fPM] Sharma: \u200eimage omitted
[21/11/26, 10:07:33\u202fPM] ~\u202fRamesh: 10 case maggi
[22/11/26, 9:07:33\u202fAM] Om: dekho \u200e<attached: 00012-PHOTO.jpg>
[22/11/26, 9:08:33\u202fAM] \u202a+91\u00a098765\u00a043210\u202c: 5 peti
"""


def chat(text: str, **wishes: DateOrder | datetime | None) -> ChatExport:
    return parse_chat(text, name="Ramesh", source="chat.txt", timezone="Asia/Kolkata", **wishes)  # type: ignore[arg-type]


def told(export: ChatExport) -> list[tuple[str, str, str]]:
    return [(f"{one.sent_at:%Y-%m-%d %H:%M}", one.sender, one.text) for one in export.messages]


def test_android_with_several_lines_media_edits_and_lines_of_whatsapp_s_own() -> None:
    export = chat(ANDROID)
    assert told(export) == [
        ("2026-11-21 10:06", "Ramesh Agrawal", "20 peti kutku g chota\naur 5 ctn lachhi\nNote: kal subah"),
        ("2026-11-21 22:07", "+91 98765 43210", ""),
        ("2026-11-22 00:07", "+91 98765 43210", "caption here"),
        ("2026-11-22 12:09", "Ramesh Agrawal", "5 nahi 7 peti"),
    ]
    assert [one.media for one in export.messages] == [False, True, True, False]
    assert [one.row for one in export.messages] == [2, 5, 6, 8]
    assert export.own_lines == 4
    assert export.messages[0].sent_at.utcoffset() is not None


def test_ios_with_seconds_brackets_and_marks_of_direction() -> None:
    assert told(chat(IOS)) == [
        ("2026-11-21 22:06", "Sharma", ""),
        ("2026-11-21 22:07", "Ramesh", "10 case maggi"),
        ("2026-11-22 09:07", "Om", "dekho"),
        ("2026-11-22 09:08", "+91 98765 43210", "5 peti"),
    ]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("21/11/26, 22:05 - A: x", "2026-11-21 22:05"),
        ("21.11.26, 22:05 - A: x", "2026-11-21 22:05"),
        ("2026-11-21, 22:05 - A: x", "2026-11-21 22:05"),
        ("21/11/2026 à 22:05 - A: x", "2026-11-21 22:05"),
        ("11/21/26, 10:05 PM - A: x", "2026-11-21 22:05"),
        ("21/11/26, 10:05 p. m. - A: x", "2026-11-21 22:05"),
        ("21/11/26, 12:05 am - A: x", "2026-11-21 00:05"),
        ("21/11/26, 12:05 pm - A: x", "2026-11-21 12:05"),
        ("२१/११/२६, १०:०५ अपराह्न - A: x", "2026-11-21 22:05"),
        ("21/11/26, 10:05 பிற்பகல் - A: x", "2026-11-21 22:05"),
        ("2026/11/21, 下午10:05 - A: x", "2026-11-21 22:05"),
        ("[21-11-2026 22:05:10] A: x", "2026-11-21 22:05"),
        ("[21.11.26, 22:05:10] A: x", "2026-11-21 22:05"),
    ],
)
def test_dates_and_clocks_of_many_phones(line: str, at: str) -> None:
    assert told(chat(line + "\n")) == [(at, "A", "x")]


def test_day_and_month_are_told_apart_by_the_whole_file() -> None:
    american = "11/9/26, 22:05 - A: x\n11/10/26, 22:05 - A: y\n11/13/26, 09:00 - A: z\n"
    assert (chat(american).order, chat(american).ambiguous) == (DateOrder.MONTH_FIRST, False)
    in_order = "1/2/26, 22:05 - A: x\n2/1/26, 22:05 - A: y\n"
    assert chat(in_order).order is DateOrder.MONTH_FIRST, "otherwise it would go backwards"
    ahead = "10/12/26, 22:05 - A: x\n"
    assert chat(ahead, latest=datetime(2026, 11, 22, tzinfo=UTC)).order is DateOrder.MONTH_FIRST, "the other lies ahead"
    open_to_both = "5/6/26, 22:05 - A: x\n"
    assert (chat(open_to_both).order, chat(open_to_both).ambiguous) == (DateOrder.DAY_FIRST, True)
    said = chat(open_to_both, order=DateOrder.MONTH_FIRST)
    assert told(said)[0][0] == "2026-05-06 22:05"
    assert not said.ambiguous


def test_what_cannot_be_read_is_named_by_row_and_the_rest_is_taken() -> None:
    rows = ("cut off here", "21/11/26, 25:05 - A: x", "31/02/26, 10:05 - A: y", "21/11/26, 10:05 zz - A: z")
    export = chat("\n".join([*rows, "21/11/26, 10:05 - A: ok"]))
    assert [one.text for one in export.messages] == ["ok"]
    assert [(one.row, bool(one.remedy)) for one in export.problems] == [(1, True), (2, True), (3, True), (4, True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello\nworld\n", "no line begins like a message"),
        (b"", "no line begins like a message"),
        (b"21/11/26, 10:05 - A: x\n21/11/26, 10:06 - A: \xff\xfe\n", "row 2: this is not UTF-8"),
    ],
)
def test_what_is_no_chat_is_refused_with_a_remedy(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(UnreadableChat, match=r"notes\.txt") as refused:
        read_chat(file, timezone="Asia/Kolkata")
    assert said in str(refused.value)


def test_the_zip_of_an_iphone_and_utf_16_are_opened_and_the_chat_named(tmp_path: Path) -> None:
    packed = tmp_path / "WhatsApp Chat - Sharma Traders.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("_chat.txt", IOS)
        archive.writestr("00012-PHOTO.jpg", b"no text")
    export = read_chat(packed, timezone="Asia/Kolkata")
    assert (export.name, len(export.messages)) == ("Sharma Traders", 4)
    saved = tmp_path / "WhatsApp Chat with Gupta Stores.txt"
    saved.write_text("21/11/26, 10:05 - गुप्ता: दस पेटी\n", encoding="utf-16")
    export = read_chat(saved, timezone="Asia/Kolkata")
    assert (export.name, told(export)[0][1:]) == ("Gupta Stores", ("गुप्ता", "दस पेटी"))


def test_numbers_are_shown_by_their_last_figures_alone() -> None:
    assert masked("call +91 98765-43210 now") == "call …3210 now"
    assert masked("9876543210, 98765 43210; 09876543210") == "…3210, …3210; …3210"
    for kept in ("20 case, 5 ctn 70 g, 2026-11-21 5 case", "70 12 100 5 60 10 200 300", "100 200 300 case"):
        assert masked(kept) == kept
