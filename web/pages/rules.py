"""The rules of prices: lists by tab, one rule with its history, what is wrong with them, their versions and undo."""

from dataclasses import replace
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from erp.record import RecordKind
from erp.rule_mirror import version
from erp.rule_records import Floor, Price, Rule
from orders import rule_judge, rule_list
from orders.rule_changes import UNDOABLE, undo
from orders.rule_check import named
from orders.rule_list import Sought
from orders.rule_words import said_of
from web.pages.guard import May, asks, munshi, pages, transaction, visitor
from web.pages.rule_words import ABOUT, KINDS, ONE, ORIGINS, SLUGS, TABS

blueprint = pages("rules", __name__, url_prefix="/rules")

A_PAGE = 60
VERSIONS = 25
SHOWN_CHANGES = 8


def today(session: Session) -> date:
    """The day on which a change made now begins to hold."""
    return rule_judge.today(session, munshi().settings.timezone)


def kind_of(slug: str) -> RecordKind:
    """The kind a tab shows; 404 for any other word, 403 for floors without the role for them."""
    kind = KINDS.get(slug)
    if kind is None:
        abort(404)
    if kind is RecordKind.FLOORS and not sees_floors():
        abort(403)
    return kind


def sees_floors() -> bool:
    """Whether this visitor may see how far prices go: who keeps the rules alone, as on every page."""
    return visitor().may(May.RULES)


def _said(rule: Rule) -> str:
    if sees_floors():
        return said_of(rule)
    if isinstance(rule, Floor):
        return "not shown"
    return said_of(replace(rule, floor=None) if isinstance(rule, Price) else rule)


def tabs(here: str) -> list[tuple[str, str, bool]]:
    """Name, address and whether it is the present one."""
    shown = [kind for kind in TABS if kind is not RecordKind.FLOORS or sees_floors()]
    found = [(TABS[kind], url_for("rules.rules", slug=SLUGS[kind]), SLUGS[kind] == here) for kind in shown]
    found.append(("Versions", url_for("rules.versions"), here == "versions"))
    if visitor().may(May.RULES):
        found.append(("Check", url_for("rules.check"), here == "check"))
    return found


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"said_of": _said, "named": named, "slugs": SLUGS, "tab_names": TABS, "one_of": ONE, "origins": ORIGINS}


@blueprint.get("/")
@asks(May.LOOK)
def first() -> ResponseReturnValue:
    """The rules begin with the prices."""
    return redirect(url_for("rules.rules", slug="prices"))


@blueprint.get("/<slug>")
@asks(May.LOOK)
def rules(slug: str) -> ResponseReturnValue:
    """The rules of a kind, by words; a page at a time."""
    sought = Sought(
        kind=kind_of(slug),
        words=request.args.get("words", "").strip()[:80],
        over_too="over" in request.args,
        ours_only="ours" in request.args,
        after=request.args.get("after", "")[:600],
    )
    with transaction() as session:
        day = today(session)
        rows = rule_list.page_of(session, sought, day=day, most=A_PAGE + 1)
        template = "rules/rows.html" if request.headers.get("HX-Request") else "rules/list.html"
        return render_template(
            template,
            slug=slug,
            sought=sought,
            day=day,
            rows=rows[:A_PAGE],
            after=rows[A_PAGE - 1].key if len(rows) > A_PAGE else "",
            about=ABOUT[sought.kind],
            version=version(session),
            tabs=tabs(slug),
        )


@blueprint.get("/<slug>/rule")
@asks(May.LOOK)
def rule(slug: str) -> ResponseReturnValue:
    """One rule: what it says, since when, who decided, what the ERP's file says."""
    with transaction() as session:
        seen = rule_list.rule_at(session, kind_of(slug), request.args.get("key", ""))
        if seen is None:
            abort(404)
        return render_template("rules/rule.html", slug=slug, seen=seen, day=today(session))


@blueprint.get("/versions")
@asks(May.LOOK)
def versions() -> ResponseReturnValue:
    """Every version there was, newest first."""
    with transaction() as session:
        found = rule_list.versions(
            session, before=request.args.get("before", type=int), most=VERSIONS + 1, shown=SHOWN_CHANGES
        )
        return render_template(
            "rules/versions.html",
            versions=found[:VERSIONS],
            before=found[VERSIONS - 1].number if len(found) > VERSIONS else None,
            undoable=[origin.value for origin in UNDOABLE],
            tabs=tabs("versions"),
        )


@blueprint.post("/versions/<int:number>/undo")
@asks(May.RULES)
def undo_version(number: int) -> ResponseReturnValue:
    """Put back what a version changed, as a new version."""
    with transaction() as session:
        done = undo(session, number, by=visitor().name, admin=visitor().may(May.ADMIN), today=today(session))
    for problem in done.problems:
        flash(f"Not undone: {problem.text}. Remedy: {problem.remedy}.", "bad")
    if not done.refused:
        flash(f"Version {number} is undone; version {done.version} holds.", "good")
    return redirect(url_for("rules.versions"))


@blueprint.get("/check")
@asks(May.RULES)
def check() -> ResponseReturnValue:
    """What is wrong with the rules in force, costs included, and where an admin and the ERP's files disagree."""
    with transaction() as session:
        findings = rule_judge.findings(session, timezone=munshi().settings.timezone)
        return render_template("rules/check.html", findings=findings, tabs=tabs("check"))
