"""WhatsApp through Twilio: its SDK is used here alone, and its errors become decisions here."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import requests
from requests.exceptions import RequestException
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from twilio.rest.content.v1.content import ContentList  # type: ignore[import-untyped]
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList  # type: ignore[import-untyped]

from bot.channels.attachments import Attachments, Hosts
from bot.channels.openings import openings
from bot.channels.port import (
    UNTIL_MENDED,
    ChannelError,
    Direction,
    Fetched,
    ListedMessage,
    Media,
    OutcomeUnknown,
    OutgoingMessage,
    SlowDown,
    WindowClosed,
    error_for,
)
from bot.channels.registry import Registry
from bot.channels.shapes import Shape, shaped
from bot.channels.wire import elsewhere, never_connected
from bot.model import OutboundState
from store.database import Database

TIMEOUT = 10.0
API = "https://api.twilio.com"
PREFIX = "whatsapp:"
PAGE = 500
NO_SUCH_CONTENT = frozenset({"21655", "20404"})
CALLBACK = "/webhooks/twilio/status"
HOSTS = Hosts(
    first="api.twilio.com",
    domains=("twilio.com", "twiliocdn.com"),
    # Twilio's storage is a folder of a shared host: the host alone would let anybody's bucket in.
    storage={
        "s3-external-1.amazonaws.com": "/media.twiliocdn.com/",
        "s3.amazonaws.com": "/media.twiliocdn.com/",
    },
)
# What the SDK raises, the last three when an answer is cut short or no JSON of Twilio's.
FAULTS = (RequestException, TwilioException, ValueError, TypeError, AttributeError)


class TwilioChannel:
    """One WhatsApp sender of one Twilio account. `api_url` serves all of Twilio's hosts when given."""

    name = "twilio"
    pace = timedelta(seconds=6)
    window: timedelta | None = timedelta(hours=24)
    on_acceptance = OutboundState.SENT
    keeps_list = True

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        public_url: str,
        database: Database,
        api_url: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        self._sender = PREFIX + sender.removeprefix(PREFIX)
        self._callback = public_url.rstrip("/") + CALLBACK
        self._api_url = api_url.rstrip("/")
        self._http = _Http(base=self._api_url, timeout=timeout)
        # The SDK reads a region from the environment, which would change the hosts.
        nowhere = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        self._client = Client(account_sid, auth_token, http_client=self._http, environment=nowhere)
        self._registry = Registry(database)
        self._attachments = Attachments(
            hosts=HOSTS, credentials=(account_sid, auth_token), api_url=self._api_url, timeout=timeout
        )
        self._contents: dict[str, str] | None = None

    def send(self, message: OutgoingMessage) -> str:
        """Hand a message over; Twilio's SID of it. What becomes of it is called back."""
        shape_name = ""
        if message.opens_window:
            said = self._as_template(message)
        elif message.buttons or message.rows:
            content = shaped(message)
            shape_name = content.shape.name
            said = _content(self._content_sid(content.shape), dict(content.values))
        else:
            said = {"body": message.text}
        try:
            return self._create(message, said)
        except ChannelError as error:
            if shape_name and error.code in NO_SUCH_CONTENT:
                self._forget(shape_name)
                raise SlowDown("the shape is gone at the provider", code=error.code) from error
            raise

    def _create(self, message: OutgoingMessage, said: dict[str, str]) -> str:
        try:
            created = self._client.messages.create(
                to=PREFIX + message.to,
                from_=self._sender,
                status_callback=f"{self._callback}?m={message.id}",
                **said,
            )
        except FAULTS as error:
            raise _decision(error) from error
        if not created.sid:
            raise OutcomeUnknown("the answer carries no SID")
        return str(created.sid)

    def _as_template(self, message: OutgoingMessage) -> dict[str, str]:
        for opening in openings(message):
            if sid := self._registry.approved(opening.name):
                return _content(sid, {str(number): value for number, value in enumerate(opening.values, 1)})
        raise WindowClosed("outside the 24-hour window without an approved template", code="63016")

    def _content_sid(self, shape: Shape) -> str:
        return self._registry.sid_of(shape, find=self._find_content, make=self._make_content)

    def _find_content(self, name: str) -> str:
        """Among those the account has; read once, since only we make ours."""
        if self._contents is None:
            with _nothing_sent():
                found = self._client.content.v1.contents.stream(page_size=PAGE)
                self._contents = {content.friendly_name: content.sid for content in found}
        return self._contents.get(name, "")

    def _make_content(self, shape: Shape) -> str:
        request = ContentList.ContentCreateRequest(
            {
                "friendly_name": shape.name,
                "language": shape.language,
                "variables": shape.samples,
                "types": dict(shape.types),
            }
        )
        with _nothing_sent():
            return str(self._client.content.v1.contents.create(request).sid)

    def _forget(self, name: str) -> None:
        self._contents = None
        self._registry.forget(name)

    def submit_template(self, *, name: str, language: str, body: str, samples: Sequence[str]) -> str:
        """Hand a text to WhatsApp for approval, with a sample of each variable; its SID. Raises ChannelError."""
        request = ContentList.ContentCreateRequest(
            {
                "friendly_name": name,
                "language": language.partition("_")[0],
                "variables": {str(number): sample for number, sample in enumerate(samples, 1)},
                "types": {"twilio/text": {"body": body}},
            }
        )
        asked = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": "UTILITY"})
        with _nothing_sent():
            sid = str(self._client.content.v1.contents.create(request).sid)
            self._client.content.v1.contents(sid).approval_create.create(asked)
        return sid

    def template_approval(self, sid: str) -> tuple[str, str]:
        """WhatsApp's word (`received`, `pending`, `approved`, `rejected` …) and why. Raises ChannelError."""
        with _nothing_sent():
            answer = self._client.content.v1.contents(sid).approval_fetch().fetch().whatsapp or {}
        return str(answer.get("status") or ""), str(answer.get("rejection_reason") or "")

    def listed(self, since: datetime, *, to: str = "") -> Iterator[ListedMessage]:
        """Messages of this sender, newest first; other channels of the account are left out."""
        only = {"to": PREFIX + to} if to else {}
        with _nothing_sent():
            for message in self._client.messages.stream(date_sent_after=since, page_size=PAGE, **only):
                one = self._listed(message)
                if one is not None and one.at >= since:
                    yield one

    def _listed(self, message: object) -> ListedMessage | None:
        record = {key: _plain(value) for key, value in vars(message).items() if not key.startswith("_")}
        inbound = record["direction"] == Direction.INBOUND
        ours, theirs = ("to", "from_") if inbound else ("from_", "to")
        if record[ours] != self._sender:
            return None
        at = getattr(message, "date_sent", None) or getattr(message, "date_created", None)
        return ListedMessage(
            sid=str(record["sid"]),
            direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
            person=str(record[theirs]).removeprefix(PREFIX),
            body=str(record["body"] or ""),
            at=at or datetime.now(UTC),
            status=str(record["status"] or ""),
            error=str(record["error_code"] or ""),
            media=int(str(record["num_media"] or 0)),
            raw=record,
        )

    def media(self, sid: str) -> Sequence[Media]:
        """The attachments of a message found in the list."""
        with _nothing_sent():
            found = self._client.messages(sid).media.list(limit=10)
        return [
            Media(url=API + str(one.uri).removesuffix(".json"), content_type=one.content_type or "") for one in found
        ]

    def fetch(self, url: str) -> Fetched:
        """An attachment's content."""
        return self._attachments.fetch(url)

    def check(self) -> Sequence[str]:
        """Whether Twilio lets us in, and what it would call us at."""
        problems = []
        if not self._callback.startswith("https://") and not self._api_url:
            problems.append("PUBLIC_URL is not https: Twilio's callbacks and media need a public https address.")
        try:
            self._client.messages.list(limit=1)
        except (SlowDown, *FAULTS) as error:
            problems.append(
                f"Twilio does not let us in ({_decision(error)}): check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN"
                " and the network."
            )
        return problems


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's client with a time-out, another base address if wanted, and without its own logging."""

    def __init__(self, *, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = base
        if base and self.session:
            self.session.mount(base, requests.adapters.HTTPAdapter(pool_maxsize=32))

    def request(self, method: str, url: str, *arguments: object, **more: object) -> Response:
        """Send it there. Raises SlowDown when Twilio says for how long to wait, which the SDK drops."""
        if self._base:
            url = elsewhere(url, self._base)
        response = super().request(method, url, *arguments, **more)
        wait = (response.headers or {}).get("Retry-After", "")
        if response.status_code == requests.codes.too_many_requests and wait.isdigit():
            raise SlowDown("too many requests", code="20429", retry_after=timedelta(seconds=int(wait)))
        return response

    def log_request(self, kwargs: object) -> None:
        """Not at all: it would show whom we write to."""

    def log_response(self, status_code: int, response: object) -> None:
        """Not at all: it would show what we write."""


def _content(sid: str, values: dict[str, str]) -> dict[str, str]:
    return {"content_sid": sid, "content_variables": json.dumps(values, ensure_ascii=False)}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Around calls that send no message: whatever became of them, they may be repeated."""
    try:
        yield
    except FAULTS as error:
        decision = _decision(error)
        if isinstance(decision, OutcomeUnknown):
            decision = SlowDown(str(decision), code=decision.code)
        raise decision from error


def _decision(error: Exception) -> ChannelError:
    """What an error of the SDK means for a message that was being sent."""
    if isinstance(error, ChannelError):
        return error
    if isinstance(error, TwilioRestException):
        return _answered(int(error.status), str(error.code or error.status), str(error.msg))
    if isinstance(error, TwilioServiceException):
        return _answered(int(error.status), str(error.code or error.status), str(error.title))
    if never_connected(error):
        return SlowDown(f"Twilio cannot be reached: {type(error).__name__}", code="unreachable_api")
    return OutcomeUnknown(type(error).__name__, code="no_answer")


def _answered(status: int, code: str, text: str) -> ChannelError:
    # Credentials are wrong or rights too small: everything waits for a person, nothing fails.
    if status in (requests.codes.unauthorized, requests.codes.forbidden):
        return SlowDown(text, code=code, retry_after=UNTIL_MENDED)
    if status == requests.codes.too_many_requests:
        return SlowDown(text, code=code)
    if status >= requests.codes.internal_server_error:
        return OutcomeUnknown(text, code=code)
    return error_for(code, text)
