"""The list that belongs to a plant's digest: behind the link its readers were sent, for those who sign in."""

from datetime import date

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from bot.links import holds
from bot.model import PlantDigest
from bot.plant_digest import SHEET
from orders.register_files import BYTE_ORDER_MARK
from store.database import now
from web.pages.guard import May, asks, munshi, pages, transaction

blueprint = pages("digests", __name__)


@blueprint.get(SHEET)
@asks(May.LOOK)
def sheet() -> ResponseReturnValue:
    """As it was when it was told; 410 when the link has ended, or is none of ours."""
    with transaction() as session:
        if not holds(munshi().settings, SHEET, request.args.to_dict(), present=now(session)):
            abort(410)
        found = session.get(PlantDigest, (request.args["plant"], date.fromisoformat(request.args["day"])))
        if found is None:
            abort(404)
        name = "".join(letter for letter in found.plant if letter.isalnum()) or "plant"
        return Response(
            BYTE_ORDER_MARK + found.sheet,
            mimetype="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="orders-{name}-{found.day}.csv"'},
        )
