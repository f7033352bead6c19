"""Signing in and out, by password or by a link that works once."""

import math
from datetime import timedelta
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from people import administrators
from people.administrators import AdministratorError, NotSignedIn, SignedIn
from web.pages.guard import May, Visitor, asks, pages, transaction, visitor

blueprint = pages("sign_in", __name__)


@blueprint.get("/sign-in")
def form() -> ResponseReturnValue:
    """The form."""
    return render_template("sign_in.html", next=request.args.get("next", ""))


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Check name and password; a refusal never says which of the two was wrong."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    with transaction() as database:
        answer = administrators.sign_in(
            database, name=name, password=password, address=request.remote_addr or "unknown"
        )
    if isinstance(answer, NotSignedIn):
        shown = render_template(
            "sign_in.html", next=request.form.get("next", ""), name=name, problem=_refusal(answer.wait)
        )
        return shown, 429 if answer.wait else 401
    return _enter(answer, request.form.get("next", ""))


@blueprint.get("/sign-in/once/<token>")
def once(token: str) -> ResponseReturnValue:
    """Sign in with a link from the terminal. A HEAD request (a link preview) does not use it up."""
    if request.method != "GET":
        return "", 204
    with transaction() as database:
        answer = administrators.use_link(database, token)
    if answer is None:
        problem = "This link was used already or is past its time. `flask --app wsgi admin reset NAME` makes another."
        return render_template("sign_in.html", problem=problem), 401
    return _enter(answer, request.args.get("next", ""))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.form"))


@blueprint.route("/account", methods=["GET", "POST"])
@asks(May.LOOK)
def account() -> ResponseReturnValue:
    """One's own password."""
    problem = ""
    if request.method == "POST":
        problem = _set_password(request.form.get("password", ""), request.form.get("again", ""))
        if not problem:
            flash("The new password holds from now on.", "good")
            return redirect(url_for("sign_in.account"))
    return render_template("account.html", problem=problem), 422 if problem else 200


def _set_password(password: str, again: str) -> str:
    if password != again:
        return "The two passwords differ; type the same one twice."
    try:
        with transaction() as database:
            signed_in = administrators.change_password(database, name=visitor().name, password=password)
    except AdministratorError as error:
        return str(error)
    login_user(Visitor(signed_in))
    return ""


def _refusal(wait: timedelta) -> str:
    if not wait:
        return "Name or password is wrong."
    seconds = math.ceil(wait.total_seconds())
    when = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    return f"Name or password was wrong too often. Try again in {when}."


def _enter(signed_in: SignedIn, target: str) -> ResponseReturnValue:
    session.clear()  # nothing of the stranger's session, its CSRF token included, lives on
    session.permanent = True
    login_user(Visitor(signed_in))
    return redirect(_inside(target) or url_for("home.home"))


def _inside(target: str) -> str:
    """The target when it is a path of ours, else nothing: a link may not lead elsewhere after the sign-in."""
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if plain and not parts.netloc and not parts.scheme else ""
