"""Photos, voice notes and documents that came in, handed out so that a browser only ever shows or stores them."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.model import Inbound, InboundMedia
from web.pages import chats, console
from web.pages.guard import May, asks, pages, transaction

blueprint = pages("media", __name__, url_prefix="/media")

# Shown in the page; everything else is offered for download, since its content is a stranger's.
SHOWN = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "audio/ogg",
        "audio/mpeg",
        "audio/aac",
        "audio/amr",
        "audio/wav",
        "audio/mp4",
        "video/mp4",
    }
)
PDF, BEGINS_A_PDF = "application/pdf", b"%PDF-"
SEALED = "default-src 'none'; sandbox"
# A browser's own viewer does not open in a sandbox; what it shows has no access to our pages either way.
IN_THE_VIEWER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@blueprint.get("/<int:inbound_id>/<int:no>")
def show(inbound_id: int, no: int) -> ResponseReturnValue:
    """One attachment: for those who sign in, and for the open console what was sent in it."""
    with transaction() as session:
        if console.open_to_all() and _from_console(session, inbound_id):
            return _answer(session, inbound_id, no)
    return _signed_in(inbound_id, no)


@asks(May.LOOK)
def _signed_in(inbound_id: int, no: int) -> ResponseReturnValue:
    with transaction() as session:
        return _answer(session, inbound_id, no)


def _from_console(session: Session, inbound_id: int) -> bool:
    row = session.get(Inbound, inbound_id)
    return row is not None and row.channel == chats.CHANNEL


def _answer(session: Session, inbound_id: int, no: int) -> Response:
    part = session.get(InboundMedia, (inbound_id, no))
    if part is None or part.content is None:
        abort(404)
    content_type = part.content_type.partition(";")[0].strip().lower()
    pdf = content_type == PDF and part.content.startswith(BEGINS_A_PDF)
    shown = pdf or content_type in SHOWN
    answer = Response(
        part.content,
        mimetype=content_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": "inline" if shown else f'attachment; filename="munshi-{inbound_id}-{no}"',
            "Content-Security-Policy": IN_THE_VIEWER if pdf else SEALED,
            "Cache-Control": "private, max-age=3600",
        },
    )
    # A player asks for the part it plays.
    answer.make_conditional(request, accept_ranges=True, complete_length=len(part.content))
    return answer
