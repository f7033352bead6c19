"""Mails as they are written: what is quoted, signed or disclaimed is cut; harmful ones never raise."""

from email.message import EmailMessage

import pytest

from bot.channels.email import mail_of
from bot.papers.mail_text import of_html, own_words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("20 peti kutku\n\n-- \nRamesh", "20 peti kutku"),
        ("20 peti kutku\nRegards,\nRamesh 98260", "20 peti kutku"),
        ("20 peti\nOn Fri, 20 Nov 2026 at 10:00, Desk <d@x> wrote:\n> 5 ctn", "20 peti"),
        ("20 peti\n\n-----Original Message-----\nFrom: x", "20 peti"),
        ("20 peti\n\nFrom: Desk\nSent: Friday\nSubject: order", "20 peti"),
        (
            "See below\n--- Forwarded message ---\nFrom: shop\nTo: us\n\n5 ctn lachhi",
            "See below\n\n5 ctn lachhi",
        ),
        ("20 peti\nThis e-mail and its files are confidential and intended", "20 peti"),
    ],
)
def test_only_his_own_words_are_kept(text: str, kept: str) -> None:
    assert own_words(text) == kept


def test_html_is_lines_and_nothing_of_it_runs() -> None:
    shown = of_html("<style>p{}</style><script>x()</script><p>20&nbsp;peti</p><table><tr><td>kutku<td>5</tr></table>")
    assert shown.split() == ["20", "peti", "kutku", "5"]


def nested(depth: int) -> bytes:
    head = b"From: a@b.example\r\nMessage-ID: <n@b>\r\n"
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return head + parts + b"Content-Type: text/plain\r\n\r\n20 peti"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff" * 50,
        nested(40),
        nested(3000),
        b"From: =?utf-8?b?!!!?=\r\n\r\nx",
        b"Date: none\r\n\r\nx",
    ],
    ids=["empty", "bytes", "nested", "deeply nested", "no name", "no date"],
)
def test_a_mail_made_to_hurt_is_kept_whole_or_in_part_and_never_raises(content: bytes) -> None:
    mail = mail_of(content, fallback="uid:1")
    assert mail.sid
    assert mail.sender


def test_files_are_counted_logos_left_out_and_large_ones_named_without_their_content() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "A <A@B.example>", "Order"
    message.set_content("see file")
    for number in range(12):
        message.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    message.add_attachment(b"\xff\xd8\xff" + b"0" * 900, maintype="image", subtype="jpeg", disposition="inline")
    mail = mail_of(message.as_bytes(), fallback="uid:9")
    assert (mail.sid, mail.sender, len(mail.attachments), mail.left_out) == ("uid:9", "a@b.example", 10, 2)
