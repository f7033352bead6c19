"""The web application: its blueprints, and what holds for every request."""

from datetime import timedelta
from uuid import uuid4

import structlog
from flask import Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.app import Munshi
from bot.settings import ChannelName
from web import cli, cloud_webhook, health, pages, webhooks
from web.limits import LARGEST_BODY, largest_body

log = structlog.get_logger()

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
YEAR = int(timedelta(days=365).total_seconds())
ADVICE = {
    400: "The request could not be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    413: "The request is too large.",
    429: "Too many requests; try again in a while.",
}


def create_app(munshi: Munshi) -> Flask:
    """The application around a composed Munshi."""
    settings = munshi.settings
    on_cloud = settings.whatsapp_channel is ChannelName.CLOUD
    app = Flask("web")
    app.config.update(SECRET_KEY=settings.signing_key(), MAX_CONTENT_LENGTH=LARGEST_BODY)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_limit_body)
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _broken)
    pages.register(app, munshi)
    app.register_blueprint(health.blueprint(munshi))
    app.register_blueprint(
        webhooks.twilio_webhooks(
            database=munshi.database,
            public_url=settings.public_url,
            auth_token=settings.twilio_auth_token.get_secret_value(),
        )
    )
    app.register_blueprint(
        cloud_webhook.cloud_webhook(
            database=munshi.database,
            phone_number_id=settings.cloud_phone_number_id,
            # Who speaks through another provider has nobody to answer through Meta.
            app_secret=settings.cloud_app_secret.get_secret_value() if on_cloud else "",
            verify_token=settings.cloud_verify_token.get_secret_value() if on_cloud else "",
        )
    )
    cli.register(app)
    return app


def _limit_body() -> None:
    """Refuse a large body before anything is computed; a view may say that it takes more."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = largest_body(view)
    request.max_content_length = most
    if (request.content_length or 0) > most:
        log.warning("body_refused", endpoint=request.endpoint, size=request.content_length)
        abort(413)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    return _page(code, ADVICE.get(code, error.name)), code, dict(_kept(error))


def _kept(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]


def _broken(error: Exception) -> ResponseReturnValue:
    """The web's edge: logged once with an id, which is all that its visitor is told."""
    incident = uuid4().hex[:8]
    log.error("request_failed", incident=incident, endpoint=request.endpoint, exc_info=error)
    return _page(500, f"Something went wrong here, not with you. Its number is {incident}."), 500


def _page(code: int, said: str) -> Response:
    """No template and no database: either may be what is broken."""
    if "text/html" not in request.headers.get("Accept", ""):
        return Response(f"{code} {said}\n", mimetype="text/plain")
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Munshi</title>'
        f"<h1>{code}</h1><p>{said}</p><p><a href='/'>To the overview</a></p></html>"
    )
    return Response(html, mimetype="text/html")
