"""An OpenAI-compatible endpoint, called within bounds: so many seconds and bytes, no redirects, no `.netrc`.

What its refusals and silences mean is said by whoever calls it. It is called while no transaction is open.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

CHUNK = 8192


class Refused(Exception):  # noqa: N818  (an outcome)
    """It answered with another status than 200."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class TooSlow(Exception):  # noqa: N818  (an outcome)
    """Its answer had begun and was not there in time."""


class TooLong(Exception):  # noqa: N818  (an outcome)
    """Its answer is larger than any that is meant."""


class Endpoint:
    """One address with its key; nothing of what it is sent or says is logged."""

    def __init__(self, url: str, path: str, *, key: str, seconds: float, largest: int) -> None:
        parts = urlsplit(url)
        stem = parts.path.rstrip("/")
        self._url = parts._replace(path=stem if stem.endswith(path) else stem + path).geturl()
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = seconds
        self._largest = largest

    def post(self, **content: Any) -> bytes:
        """The body it answers with to `json=…`, or `files=…` and `data=…`.

        Raises Refused, TooSlow, TooLong, and what `requests` raises when nobody answers.
        """
        with requests.Session() as session:
            session.trust_env = False  # no credentials out of a .netrc
            with session.post(
                self._url,
                headers=self._headers,
                timeout=self._seconds,
                allow_redirects=False,
                stream=True,
                proxies=get_environ_proxies(self._url),
                **content,
            ) as response:
                if response.status_code != requests.codes.ok:
                    raise Refused(response.status_code)
                return self._body(response)

    def _body(self, response: requests.Response) -> bytes:
        deadline, body = time.monotonic() + self._seconds, b""
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if time.monotonic() > deadline:
                raise TooSlow
            if len(body) > self._largest:
                raise TooLong
        return body
