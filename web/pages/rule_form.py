"""Adding, changing and ending a rule from a day on, with what it would do shown before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from erp.files.cells import Damage
from erp.files.tables import TABLES
from erp.record import RecordKind
from erp.records import RECORD_CLASSES
from erp.rule_edit import standing
from erp.rule_mirror import version
from erp.rule_records import Rule
from erp.rule_rows import RowFault
from orders import rule_list
from orders.rule_changes import Op, Outcome, Wish, change_rule
from orders.rule_check import named
from orders.rule_files import cell
from orders.rule_preview import preview
from orders.rule_words import said_of
from web.pages.guard import May, asks, pages, transaction, visitor
from web.pages.rule_words import CELLS, CHOICES, EMPTY, NEEDED, ONE, TABS
from web.pages.rules import kind_of, today

blueprint = pages("rule_form", __name__, url_prefix="/rules")

LONGEST_CELL = 300
Faults = list[RowFault]


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One cell of the form."""

    name: str
    label: str
    hint: str
    value: str
    choices: tuple[str, ...]
    needed: bool
    fixed: bool
    """Part of what the rule is about: another one is another rule."""


@blueprint.get("/<slug>/new")
@asks(May.RULES)
def new(slug: str) -> ResponseReturnValue:
    """The form for another rule, by the example of an existing one if it is named."""
    kind = kind_of(slug)
    with transaction() as session:
        like = standing(session, kind, rule_list.key_of(request.args["like"])) if "like" in request.args else None
        return _form(session, slug, rule=like)


@blueprint.get("/<slug>/change")
@asks(May.RULES)
def change(slug: str) -> ResponseReturnValue:
    """The form of an existing rule."""
    key = request.args.get("key", "")
    with transaction() as session:
        rule = standing(session, kind_of(slug), rule_list.key_of(key))
        if rule is None:
            abort(404)
        return _form(session, slug, rule=rule, key=key)


@blueprint.post("/<slug>/save")
@asks(May.RULES)
def save(slug: str) -> ResponseReturnValue:
    """Put it in force as a new version, or say at its cell what stands against it."""
    with transaction() as session:
        wish = _wish(session, kind_of(slug))
        if isinstance(wish, list):
            return _again(session, slug, wish), 422
        done = change_rule(session, wish, by=visitor().name, admin=visitor().may(May.ADMIN), today=today(session))
        if done.refused:
            return _again(session, slug, list(done.problems)), 422
    return _saved(slug, wish, done)


def _saved(slug: str, wish: Wish, done: Outcome) -> ResponseReturnValue:
    what = {Op.ADD: "Added", Op.CHANGE: "Changed", Op.END: "Ended", Op.RELEASE: "Given back to the ERP's file"}[wish.op]
    flash(f"{what}: version {done.version} of the rules.", "good")
    for fault in done.warnings[:5]:
        flash(f"{fault.text}. {fault.remedy.capitalize()}.", "warn")
    shown = next((one for one in reversed(done.writes) if one.after is not None), None)
    if shown is None:
        return redirect(url_for("rules.rules", slug=slug))
    return redirect(url_for("rules.rule", slug=slug, key="\x1f".join(shown.key)))


@blueprint.post("/<slug>/preview")
@asks(May.RULES)
def look(slug: str) -> ResponseReturnValue:
    """What it would do: what stands against it, whom it touches, an order before and after."""
    with transaction() as session:
        wish = _wish(session, kind_of(slug))
        if isinstance(wish, list):
            return render_template("rules/preview.html", problems=wish, seen=None)
        seen = preview(session, wish, by=visitor().name, admin=visitor().may(May.ADMIN), today=today(session))
        return render_template(
            "rules/preview.html", problems=seen.outcome.problems, seen=seen, said_of=said_of, named=named
        )


def _wish(session: Session, kind: RecordKind) -> Wish | Faults:
    op = Op(request.form["op"]) if request.form.get("op") in set(Op) else abort(422)
    key = rule_list.key_of(request.form["key"]) if request.form.get("key") else ()
    day = _day(request.form.get("day", ""))
    if isinstance(day, RowFault):
        return [day]
    rule: Rule | None = None
    if op in (Op.ADD, Op.CHANGE):
        known = standing(session, kind, key) if key else None
        made = _rule(kind, request.form, known if op is Op.CHANGE else None)
        if isinstance(made, list):
            return made
        rule = made
    return Wish(
        op=op,
        kind=kind,
        key=key,
        rule=rule,
        day=day or today(session),
        seen=request.form.get("seen", 0, type=int),
        reason=request.form.get("reason", "").strip()[:LONGEST_CELL],
    )


def _day(text: str) -> date | RowFault | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return RowFault(column="day", text=f"{text[:20]!r} is no date", remedy="write YYYY-MM-DD")


def _rule(kind: RecordKind, form: Mapping[str, str], standing_rule: Rule | None) -> Rule | Faults:
    """The rule the cells make, read as a file's cells are; what tells it from others stays as it was."""
    values: dict[str, Any] = {}
    faults: Faults = []
    for column in TABLES[kind].columns:
        if column.field == "valid_from" or column.parse is None:
            continue
        if standing_rule is not None and column.field in _fixed(kind):
            values[column.field] = getattr(standing_rule, column.field)
            continue
        text = form.get(column.field, "").strip()[:LONGEST_CELL]
        if not text:
            if column.needed:
                faults.append(RowFault(column=column.field, text="this is needed", remedy="fill it in"))
            continue
        try:
            values[column.field] = column.parse(text)
        except Damage as damage:
            faults.append(RowFault(column=column.field, text=damage.text, remedy=damage.remedy))
    return faults or cast(Rule, RECORD_CLASSES[kind](**values))


def _fixed(kind: RecordKind) -> tuple[str, ...]:
    return tuple(name for name in RECORD_CLASSES[kind].key_fields if name != "valid_from")


def _again(session: Session, slug: str, problems: Faults) -> str:
    key = request.form.get("key", "")
    rule = standing(session, kind_of(slug), rule_list.key_of(key)) if key else None
    return _form(session, slug, rule=rule, key=key if rule else "", problems=problems, typed=request.form)


def _form(
    session: Session,
    slug: str,
    *,
    rule: Rule | None = None,
    key: str = "",
    problems: Faults | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    kind = kind_of(slug)
    found: dict[str, list[RowFault]] = {}
    for problem in problems or ():
        names = [name.strip() for name in problem.column.split(",")]
        found.setdefault(names[0], []).append(problem)
    fields = _fields(kind, rule, key=key, typed=typed)
    shown = {field.name for field in fields} | {"day"}
    day = today(session)
    return render_template(
        "rules/form.html",
        slug=slug,
        key=key,
        fields=fields,
        problems=found,
        elsewhere=[one for name, ones in found.items() if name not in shown for one in ones],
        title=named(kind, rule.key) if rule and key else f"Add a {ONE[kind]}",
        tab=TABS[kind],
        one=ONE[kind],
        says=said_of(rule) if rule and key else "",
        day=(typed or {}).get("day") or max(day, (rule.valid_from if rule and key else None) or day).isoformat(),
        reason=(typed or {}).get("reason", ""),
        least_day=day.isoformat(),
        seen=version(session),
        absolute=bool(rule and getattr(rule, "absolute", False)),
    )


def _fields(kind: RecordKind, rule: Rule | None, *, key: str, typed: Mapping[str, str] | None) -> list[Field]:
    """The cells in the order of the file, what is left as it was included."""
    fields = []
    for column in TABLES[kind].columns:
        name = column.field
        if name == "valid_from":
            continue
        label, hint = CELLS[name]
        fixed = bool(key) and name in _fixed(kind)
        own = cell(getattr(rule, name)).removeprefix("'") if rule is not None else ""
        value = own if fixed or typed is None else typed.get(name, "")
        fields.append(
            Field(
                name=name,
                label=label,
                hint="" if name in NEEDED.get(kind, ()) and hint == EMPTY else hint,
                value=value,
                choices=CHOICES.get(name, ()),
                needed=name in NEEDED.get(kind, ()),
                fixed=fixed,
            )
        )
    return fields
