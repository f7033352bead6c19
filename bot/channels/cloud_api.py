"""Meta's Graph API over HTTP: one call at a time, with a time-out, and its errors as decisions."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import RequestException

from bot.channels.port import UNTIL_MENDED, ChannelError, OutcomeUnknown, Refused, SlowDown, error_for
from bot.channels.wire import never_connected

GRAPH = "https://graph.facebook.com"
# Meta keeps a version for about two years; another one can be named at the end of CLOUD_API_URL.
VERSION = "v25.0"
POOL = 32
# Faults of Meta's own, after which it does not say whether it had taken the message.
UNSURE = frozenset({"1", "2", "131000"})
PERMISSIONS = range(200, 300)

Answer = Mapping[str, Any]


class Bearer(AuthBase):
    """The access token, as a header of each request."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class CloudApi:
    """Calls with the account's token. `api_url` stands in for Meta's host; it may end in another version."""

    def __init__(self, *, token: str, api_url: str = "", timeout: float) -> None:
        base = (api_url or GRAPH).rstrip("/")
        self._base = base if re.search(r"/v\d+\.\d+$", base) else f"{base}/{VERSION}"
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = Bearer(token)
        self._session.mount(base, requests.adapters.HTTPAdapter(pool_maxsize=POOL))

    @property
    def root(self) -> str:
        """Scheme and host alone."""
        parts = urlsplit(self._base)
        return f"{parts.scheme}://{parts.netloc}"

    def read(self, path: str, **query: str) -> Answer:
        """What is at a path. Raises ChannelError, but never OutcomeUnknown."""
        return self._repeatable("GET", path, query=query)

    def put(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Hand something over that may be handed over twice. Raises ChannelError, but never OutcomeUnknown."""
        return self._repeatable("POST", path, body=body)

    def send(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Hand something over that must not be handed over twice. Raises ChannelError."""
        return self._call("POST", path, body=body)

    def _repeatable(self, method: str, path: str, **more: Mapping[str, Any]) -> Answer:
        try:
            return self._call(method, path, **more)
        except OutcomeUnknown as error:
            raise SlowDown(str(error), code=error.code) from error

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        try:
            response = self._session.request(
                method,
                f"{self._base}/{path}",
                params=query,
                json=body,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except RequestException as error:
            if never_connected(error):
                raise SlowDown(f"Meta cannot be reached: {type(error).__name__}", code="unreachable_api") from error
            raise OutcomeUnknown(type(error).__name__, code="no_answer") from error
        said = _object(response)
        if not response.ok or "error" in said:
            raise decision(response.status_code, said.get("error"), wait=response.headers.get("Retry-After", ""))
        return said


def decision(status: int, error: object, *, wait: str = "") -> ChannelError:
    """What an answer that is no success means for a message that was being sent."""
    said: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    code, text = str(said.get("code", status)), text_of(said)
    decided = error_for(code, text)
    barred = status in (requests.codes.unauthorized, requests.codes.forbidden)
    if barred or (code.isdecimal() and int(code) in PERMISSIONS):
        return SlowDown(text, code=code, retry_after=UNTIL_MENDED)
    if status >= requests.codes.internal_server_error and (code in UNSURE or isinstance(decided, Refused)):
        return OutcomeUnknown(text, code=code)
    if isinstance(decided, Refused) and (status == requests.codes.too_many_requests or said.get("is_transient")):
        decided = SlowDown(text, code=code)
    if isinstance(decided, SlowDown) and wait.isdecimal():
        decided = SlowDown(text, code=code, retry_after=timedelta(seconds=int(wait)))
    return decided


def text_of(error: Mapping[str, Any]) -> str:
    """What Meta says of an error, as exactly as it does."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, Mapping) else ""
    return str(details or error.get("error_user_msg") or error.get("message") or error.get("title") or "")


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    if response.ok:
        raise OutcomeUnknown("the answer is no JSON object", code="no_answer")
    return {}
