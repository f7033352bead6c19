"""The alias editor: search, add, change, approve proposals, see what a change would do, undo, import and export."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot import replay
from erp import mirror
from erp.mirror_model import MirroredItem
from erp.records import Item
from orders import alias_files
from orders import aliases as use
from orders.aliases import AliasProblem, Wish
from orders.model import Alias, AliasState
from people.model import Party
from web.limits import takes_up_to
from web.pages import conversation
from web.pages.guard import May, asks, munshi, pages, transaction, visitor

LARGEST_FILE = 8_000_000
blueprint = pages("aliases", __name__, url_prefix="/aliases")

A_PAGE = 60
SHOWN_PROBLEMS = 200
ORIGINS = {
    "file": "the ERP's file",
    "pick": "a customer's answer",
    "page": "an admin",
    "learn": "order history",
}
MANY: dict[str, tuple[Callable[..., list[int]], str]] = {
    "approve": (use.approve, "approved"),
    "reject": (use.reject, "taken out of use"),
    "undo": (use.undo, "put back"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One alias as it stands in the list."""

    alias: Alias
    item: Item | None
    party: str

    @property
    def origin(self) -> str:
        """Where it came from, in words."""
        return ORIGINS.get(self.alias.origin, self.alias.origin)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which aliases are shown."""

    words: str
    state: str
    party: str
    page: int

    def args(self, **other: object) -> dict[str, object]:
        """As the address has them."""
        return {"words": self.words, "state": self.state, "party": self.party, "page": self.page} | other


@blueprint.get("/")
@asks(May.LOOK)
def aliases() -> ResponseReturnValue:
    """The list by words, state and customer; proposals come first."""
    chosen = Filter(
        words=request.args.get("words", "").strip()[:80],
        state=request.args.get("state", ""),
        party=request.args.get("party", "").strip(),
        page=max(request.args.get("page", 0, type=int), 0),
    )
    with transaction() as session:
        rows = _rows(session, chosen)
        shown = {
            "rows": rows[:A_PAGE],
            "more": len(rows) > A_PAGE,
            "chosen": chosen,
            "proposed": use.count_of(session, AliasState.PROPOSED),
            "party_name": _party_name(session, chosen.party),
            "undoable": request.args.get("undo", ""),
        }
        template = "aliases/rows.html" if request.headers.get("HX-Request") else "aliases/list.html"
        return render_template(template, **shown)


def _rows(session: Session, chosen: Filter) -> list[Row]:
    query = (
        select(Alias, Party.name)
        .outerjoin(Party, Party.code == Alias.party_code)
        .outerjoin(MirroredItem, MirroredItem.sku == Alias.sku)
        .order_by((Alias.state == AliasState.PROPOSED.value).desc(), Alias.phrase, Alias.party_code, Alias.id)
        .offset(chosen.page * A_PAGE)
        .limit(A_PAGE + 1)
    )
    if chosen.state in set(AliasState):
        query = query.where(Alias.state == chosen.state)
    else:
        query = query.where(Alias.state != AliasState.RETIRED.value)
    if chosen.party:
        query = query.where(Alias.party_code == ("" if chosen.party == "everyone" else chosen.party))
    for word in chosen.words.split():
        like = f"%{word}%"
        query = query.where(
            or_(Alias.phrase.ilike(like), Alias.sku.ilike(like), MirroredItem.name.ilike(like), Party.name.ilike(like))
        )
    found = session.execute(query).all()
    items = mirror.items(session, {alias.sku for alias, _ in found})
    return [Row(alias=alias, item=items.get(alias.sku), party=name or alias.party_code) for alias, name in found]


def _party_name(session: Session, code: str) -> str:
    found = session.get(Party, code) if code and code != "everyone" else None
    return found.name if found else code


@blueprint.post("/many")
@asks(May.ALIASES)
def many() -> ResponseReturnValue:
    """Approve, reject or undo the chosen ones."""
    what = MANY.get(request.form.get("act", ""))
    if what is None:
        abort(422)
    act, done = what
    ids = [int(one) for one in request.form.getlist("id") if one.isdigit()]
    with transaction() as session:
        changed = act(session, ids, by=visitor().name)
    missed = len(set(ids)) - len(changed)
    if changed:
        flash(f"{_count(len(changed))} {done}." + (f" {missed} could not be." if missed else ""), "good")
    else:
        flash("Nothing was changed: choose at least one that still waits.", "bad")
    undoable = ",".join(str(one) for one in changed) if act is not use.undo else None
    return redirect(url_for("aliases.aliases", undo=undoable, **_filter_args()))


def _filter_args() -> dict[str, Any]:
    return {name: request.form[name] for name in ("words", "state", "party") if request.form.get(name)}


def _count(number: int) -> str:
    return "1 alias" if number == 1 else f"{number} aliases"


@blueprint.get("/new")
@asks(May.ALIASES)
def new() -> ResponseReturnValue:
    """The form for another one."""
    wish = Wish(
        party_code=request.args.get("party", ""), phrase=request.args.get("phrase", ""), sku=request.args.get("sku", "")
    )
    with transaction() as session:
        return _form(session, wish)


@blueprint.post("/new")
@asks(May.ALIASES)
def add() -> ResponseReturnValue:
    """Make it; what is wrong is said at its field."""
    wish = _wish()
    with transaction() as session:
        made = use.add(session, wish, by=visitor().name)
        if isinstance(made, list):
            return _form(session, wish, problems=made), 422
        undoable = made.id
    flash(f"“{use.fold(wish.phrase)}” means {wish.sku} from now on.", "good")
    return redirect(url_for("aliases.aliases", words=use.fold(wish.phrase), undo=undoable))


@blueprint.get("/<int:alias_id>")
@asks(May.LOOK)
def alias(alias_id: int) -> ResponseReturnValue:
    """One alias to look at and to change."""
    with transaction() as session:
        found = session.get(Alias, alias_id)
        if found is None:
            abort(404)
        wish = Wish(party_code=found.party_code, phrase=found.phrase, sku=found.sku, uom=found.uom or "")
        return _form(session, wish, found=found)


@blueprint.post("/<int:alias_id>")
@asks(May.ALIASES)
def edit(alias_id: int) -> ResponseReturnValue:
    """Change it; it matches as changed."""
    wish = _wish()
    with transaction() as session:
        found = session.get(Alias, alias_id)
        if found is None:
            abort(404)
        made = use.edit(session, alias_id, wish, by=visitor().name)
        if isinstance(made, list):
            return _form(session, wish, found=found, problems=made), 422
        undoable = made.id
    flash(f"“{use.fold(wish.phrase)}” means {wish.sku} from now on.", "good")
    return redirect(url_for("aliases.aliases", words=use.fold(wish.phrase), undo=undoable))


def _wish() -> Wish:
    return Wish(
        party_code=request.form.get("party_code", "").strip(),
        phrase=request.form.get("phrase", ""),
        sku=request.form.get("sku", "").strip(),
        uom=request.form.get("uom", "").strip(),
    )


def _form(session: Session, wish: Wish, *, found: Alias | None = None, problems: Sequence[AliasProblem] = ()) -> str:
    return render_template(
        "aliases/form.html",
        wish=wish,
        alias=found,
        origin=ORIGINS.get(found.origin, found.origin) if found else "",
        problems={problem.field: str(problem) for problem in problems},
        item=mirror.items(session, [wish.sku]).get(wish.sku) if wish.sku else None,
        party_name=_party_name(session, wish.party_code),
        units=sorted(mirror.uoms(session, [wish.sku]).get(wish.sku, ())) if wish.sku else [],
        bubbles=conversation.of_messages(session, [found.inbound_id]) if found and found.inbound_id else [],
    )


@blueprint.post("/preview")
@asks(May.LOOK)
def preview() -> ResponseReturnValue:
    """What past messages would be read as, with the alias of the form, or without those named."""
    gone = [int(one) for one in request.form.getlist("without") if one.isdigit()]
    with transaction() as session:
        wish = None
        if not request.form.get("only_without"):
            wish = _wish()
            problems = use.judge(session, wish)
            if problems:
                return render_template("aliases/preview.html", problems=problems)
        seen = replay.preview(munshi(), session, wish, without=gone)
        skus = {line.sku for one in seen.changed for line in (*one.before, *one.after) if line.sku}
        names = _party_names(session, {one.party_code for one in seen.changed})
        return render_template(
            "aliases/preview.html", preview=seen, items=mirror.items(session, skus), names=names, problems=[]
        )


def _party_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    rows = session.execute(select(Party.code, Party.name).where(Party.code.in_(codes)))
    return {row.code: row.name for row in rows}


@blueprint.get("/items")
@asks(May.LOOK)
def items() -> ResponseReturnValue:
    """Items whose name or code holds every word typed, as choices for the form."""
    query = select(MirroredItem).where(MirroredItem.active).order_by(MirroredItem.name).limit(12)
    words = (request.args.get("sku") or request.args.get("free_sku", "")).strip()[:80]
    for word in words.split():
        query = query.where(or_(MirroredItem.name.ilike(f"%{word}%"), MirroredItem.sku.ilike(f"%{word}%")))
    with transaction() as session:
        return render_template("aliases/items.html", items=session.scalars(query).all() if words else [], words=words)


@blueprint.get("/parties")
@asks(May.LOOK)
def parties() -> ResponseReturnValue:
    """Customers whose name or code holds every word typed, as choices for the form."""
    query = select(Party).where(Party.active).order_by(Party.name).limit(12)
    words = (request.args.get("party_code") or request.args.get("customer", "")).strip()[:80]
    for word in words.split():
        query = query.where(or_(Party.name.ilike(f"%{word}%"), Party.code.ilike(f"%{word}%")))
    with transaction() as session:
        return render_template(
            "aliases/parties.html", parties=session.scalars(query).all() if words else [], words=words
        )


@blueprint.get("/file")
@asks(May.LOOK)
def file() -> ResponseReturnValue:
    """Import and export."""
    return render_template("aliases/file.html", report=None)


@blueprint.post("/file")
@asks(May.ALIASES)
@takes_up_to(LARGEST_FILE)
def import_file() -> ResponseReturnValue:
    """Take the sound rows of an uploaded CSV file; name every other row with its remedy."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        flash("Choose a CSV file first.", "bad")
        return redirect(url_for("aliases.file"))
    name = Path(upload.filename.replace("\\", "/")).name[:120]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "aliases.csv"
        upload.save(path)
        with transaction() as session:
            report = alias_files.import_file(session, path, name=name, by=visitor().name)
    shown = report.problems[:SHOWN_PROBLEMS]
    return render_template("aliases/file.html", report=report, name=name, problems=shown)


@blueprint.get("/export.csv")
@asks(May.LOOK)
def export() -> ResponseReturnValue:
    """Every alias that matches, as CSV that no spreadsheet runs."""
    text = io.StringIO()
    with transaction() as session:
        alias_files.export_file(session, text)
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="aliases.csv"'},
    )
