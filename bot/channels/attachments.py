"""Fetching attachments: up to a size, from the provider's hosts alone, credentials for the first of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import RequestException
from requests.utils import get_environ_proxies

from bot.channels.port import Fetched, MediaRefused, SlowDown
from bot.channels.wire import elsewhere

# WhatsApp's own limit for audio and video is 16 MB; documents may be larger and are then left to a person.
LARGEST = 16 * 1024 * 1024
MOST_HOPS = 5
CHUNK = 64 * 1024
GONE = frozenset({400, 403, 404, 410})


@dataclass(frozen=True, kw_only=True, slots=True)
class Hosts:
    """Where a provider keeps attachments: credentials are for `first` alone, redirects go to its `domains`."""

    first: str
    domains: tuple[str, ...]
    storage: Mapping[str, str] = field(default_factory=dict)
    """A shared host → the folder on it that is the provider's."""

    def own(self, host: str) -> bool:
        """Whether it is one of the provider's."""
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)


class Attachments:
    """Gets attachments with the account's credentials; `api_url` stands in for the provider's hosts."""

    def __init__(
        self, *, hosts: Hosts, credentials: tuple[str, str] | AuthBase, api_url: str = "", timeout: float
    ) -> None:
        self._hosts = hosts
        self._credentials = credentials
        self._api_url = api_url
        self._timeout = timeout

    def fetch(self, url: str) -> Fetched:
        """An attachment's content. Raises MediaRefused for good, SlowDown for now."""
        # A new session each time: nothing a redirect sets is carried anywhere else.
        with requests.Session() as session:
            session.trust_env = False  # no credentials out of a .netrc
            try:
                return self._follow(session, url)
            except RequestException as error:
                raise SlowDown(type(error).__name__, code="no_answer") from error

    def _follow(self, session: requests.Session, url: str) -> Fetched:
        for hop in range(MOST_HOPS):
            url = self._own(url)
            if not self._allowed(urlsplit(url), first=hop == 0):
                raise MediaRefused("foreign_host")
            with session.get(
                url,
                auth=self._credentials if hop == 0 else None,
                allow_redirects=False,
                stream=True,
                timeout=self._timeout,
                proxies=get_environ_proxies(url),
            ) as response:
                if not response.is_redirect:
                    return _content(response)
                url = urljoin(url, response.headers["Location"])
        raise MediaRefused("too_many_redirects")

    def _own(self, url: str) -> str:
        """Where the provider's resources are served from."""
        host = urlsplit(url).hostname or ""
        return elsewhere(url, self._api_url) if self._api_url and self._hosts.own(host) else url

    def _allowed(self, parts: SplitResult, *, first: bool) -> bool:
        if self._api_url:
            base = urlsplit(self._api_url)
            return (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
        if parts.scheme != "https" or parts.port not in (None, 443) or parts.username is not None:
            return False
        host = parts.hostname or ""
        if first:
            return host == self._hosts.first
        folder = self._hosts.storage.get(host)
        return self._hosts.own(host) or (folder is not None and _within(folder, parts.path))


def _within(folder: str, path: str) -> bool:
    return path.startswith(folder) and ".." not in unquote(path)


def _content(response: requests.Response) -> Fetched:
    if response.status_code in GONE:
        raise MediaRefused("gone")
    if not response.ok:
        raise SlowDown(code=str(response.status_code))
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > LARGEST:
        raise MediaRefused("too_large")
    content = b"".join(_up_to(LARGEST, response))
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Fetched(content_type=kind, content=content)


def _up_to(most: int, response: requests.Response) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_content(CHUNK):
        size += len(chunk)
        if size > most:
            raise MediaRefused("too_large")
        yield chunk
