"""Who may see and do what in the browser: sign-in sessions, page roles, CSRF and the headers of every page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from people.administrators import SignedIn, present
from people.model import PageRole

if TYPE_CHECKING:
    from bot.app import Munshi

SESSION_LASTS = timedelta(hours=12)
MUNSHI = "munshi"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' data:",
        "frame-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

P = ParamSpec("P")
csrf = CSRFProtect()


class May(StrEnum):
    """What a view asks of whoever opens it."""

    LOOK = "look"
    DESK = "desk"
    ALIASES = "aliases"
    RULES = "rules"
    ADMIN = "admin"


ALLOWED: dict[PageRole, frozenset[May]] = {
    PageRole.VIEWER: frozenset({May.LOOK}),
    PageRole.DESK: frozenset({May.LOOK, May.DESK}),
    PageRole.ALIASES: frozenset({May.LOOK, May.ALIASES}),
    PageRole.RULES: frozenset({May.LOOK, May.RULES}),
    PageRole.ADMIN: frozenset(May),
}


class Visitor(UserMixin):  # type: ignore[misc]
    """Who is signed in, for this request."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.name = signed_in.name
        self.role = signed_in.role
        self.epoch = signed_in.epoch

    def get_id(self) -> str:
        """Name and epoch: a session begun before a reset is not this visitor's."""
        return f"{self.epoch}:{self.name}"

    def may(self, what: str) -> bool:
        """Whether the page role allows it."""
        return May(what) in ALLOWED[self.role]


class CookieSessions(SecureCookieSessionInterface):
    """Cookies that are marked secure whenever the request came over TLS, so that http on loopback works too."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Whether this request came over TLS."""
        return request.is_secure


def munshi() -> "Munshi":
    """The composed application this web process serves."""
    return cast("Munshi", current_app.extensions[MUNSHI])


@contextmanager
def transaction() -> Iterator[Session]:
    """A database session that commits when the block ends."""
    with munshi().database.transaction() as session:
        yield session


def visitor() -> Visitor:
    """Who is signed in; only behind `asks`."""
    return cast(Visitor, current_user)


def install(app: Flask) -> None:
    """Set up sessions, sign-in and CSRF on the app; other blueprints (webhooks) are not checked for CSRF."""
    app.session_interface = CookieSessions()
    app.config.update(
        SESSION_COOKIE_NAME="munshi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)
    logins = LoginManager(app)
    logins.user_loader(_load)
    logins.unauthorized_handler(to_sign_in)


def _load(session_id: str) -> Visitor | None:
    epoch, _, name = session_id.partition(":")
    if not epoch.isdigit():
        return None
    with transaction() as session:
        found = present(session, name=name, epoch=int(epoch))
    return Visitor(found) if found else None


def to_sign_in() -> ResponseReturnValue:
    """Send a stranger to the sign-in page and, after it, back to where a plain page was asked for."""
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for("sign_in.form")})
    if request.headers.get("Accept", "").startswith("text/event-stream"):
        return Response(status=204)  # the one answer that keeps an event source from coming back
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sign_in.form", next=here if here != "/" else None))


def asks(what: May) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """A view that is for those whose page role allows `what`; others are sent to sign in, or get 403."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return to_sign_in()
            if not visitor().may(what):
                abort(403)
            return view(*args, **kwargs)

        guarded.asks = what  # type: ignore[attr-defined]
        return guarded

    return decorate


def pages(name: str, import_name: str, **options: Any) -> Blueprint:
    """A blueprint of pages: CSRF is checked before, security headers are set after each of its requests."""
    blueprint = Blueprint(name, import_name, **options)
    blueprint.before_request(csrf.protect)
    blueprint.after_request(_headers)
    for refusal in (Forbidden, NotFound, CSRFError):
        blueprint.register_error_handler(refusal, _refused)
    return blueprint


def _refused(error: HTTPException) -> ResponseReturnValue:
    return render_template("refused.html", error=error), error.code or 500


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
