"""Rules as CSV files: the whole of a kind out, and a file in that is checked as a whole before any of it holds."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from erp.files.tables import TABLES
from orders.rule_files import export_rules, import_rules
from web.limits import takes_up_to
from web.pages.guard import May, asks, pages, transaction, visitor
from web.pages.rule_words import KINDS, TABS
from web.pages.rules import kind_of, sees_floors, today

blueprint = pages("rule_file", __name__, url_prefix="/rules")

LARGEST_FILE = 20_000_000
SHOWN_PROBLEMS = 200


@blueprint.get("/<slug>/file")
@asks(May.LOOK)
def file(slug: str) -> ResponseReturnValue:
    """Import and export."""
    return _page(slug)


def _page(slug: str, **shown: object) -> str:
    kind = kind_of(slug)
    columns = ",".join(column.name for column in TABLES[kind].columns)
    defaults: dict[str, object] = {"report": None, "problems": [], "dry": False, "name": ""}
    return render_template("rules/file.html", slug=slug, tab=TABS[kind], columns=columns, **(defaults | shown))


@blueprint.post("/<slug>/file")
@asks(May.RULES)
@takes_up_to(LARGEST_FILE)
def import_file(slug: str) -> ResponseReturnValue:
    """Take every row of an uploaded file as one version, or none of them; or say what would come of it."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        flash("Choose a CSV file first.", "bad")
        return redirect(url_for("rule_file.file", slug=slug))
    name = Path(upload.filename.replace("\\", "/")).name[:120]
    dry = request.form.get("act") == "check"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rules.csv"
        upload.save(path)
        with transaction() as session:
            report = import_rules(
                session,
                path,
                kind_of(slug),
                name=name,
                by=visitor().name,
                admin=visitor().may(May.ADMIN),
                today=today(session),
                dry=dry,
            )
    page = _page(slug, report=report, problems=report.problems[:SHOWN_PROBLEMS], dry=dry, name=name)
    return page, 422 if report.problems else 200


@blueprint.get("/<slug>/export.csv")
@asks(May.LOOK)
def export(slug: str) -> ResponseReturnValue:
    """Every rule of a kind, as CSV that no spreadsheet runs."""
    text = io.StringIO()
    with transaction() as session:
        export_rules(session, text, kind_of(slug), floors=sees_floors())
    name = f"{KINDS[slug].value}.csv"
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
