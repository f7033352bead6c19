"""Papers as people send them, made by hand: a PDF of text, a workbook, a photo of a slip, and some that mean harm."""

import zipfile
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PHOTO, VOICE = "image/jpeg", "audio/ogg"
COLUMNS = (60, 130, 370, 430, 480, 530)

FONT = b"<< /F1 5 0 R >>"
Words = Sequence[tuple[float, float, str]]
"""Left, top and text."""


def pdf(words: Words) -> bytes:
    """One page of words at their places."""
    drawn = "\n".join(f"BT /F1 10 Tf {left} {800 - top} Td ({_quoted(text)}) Tj ET" for left, top, text in words)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R /Resources << /Font %s >> >>" % FONT,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn.encode("latin-1")),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file = BytesIO(b"%PDF-1.4\n")
    file.seek(0, 2)
    places = []
    for number, one in enumerate(objects, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    table = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return file.getvalue()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def order_pdf(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A purchase order: its head, then a table whose first row is the headings."""
    words: list[tuple[float, float, str]] = [(60, 40 + 16 * at, line) for at, line in enumerate(head)]
    below = 70 + 16 * len(head)
    words += [
        (COLUMNS[column], below + 20 * at, cell)
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell
    ]
    return pdf(words)


def xlsx(rows: Sequence[Sequence[str | int | float]]) -> bytes:
    """A workbook of one sheet."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Order" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{lines}</sheetData></worksheet>",
    }
    return packed({name: part.encode() for name, part in parts.items()})


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def packed(parts: dict[str, bytes]) -> bytes:
    """A ZIP of these files."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def bomb(megabytes: int = 200) -> bytes:
    """A workbook that says of itself that it unpacks to very much."""
    return packed({"xl/worksheets/sheet1.xml": b"0" * (megabytes * 1024 * 1024)})


def slip(lines: Sequence[str], *, slant: float = 2.0) -> bytes:
    """A photo of a printed slip, a little slanted and shaded."""
    font = ImageFont.load_default(36)
    image = Image.new("RGB", (900, 70 * len(lines) + 80), (245, 242, 232))
    draw = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        draw.text((50, 40 + 70 * at), line, font=font, fill=(25, 25, 50))
    file = BytesIO()
    turned = image.rotate(slant, expand=True, fillcolor=(110, 100, 95), resample=Image.Resampling.BICUBIC)
    turned.save(file, "JPEG", quality=80)
    return file.getvalue()


def attached(content: bytes, content_type: str, *, name: str = "") -> tuple[dict[str, str], ...]:
    """As the console announces it."""
    return ({"url": f"data:{content_type};base64,{b64encode(content).decode()}", "type": content_type, "name": name},)
