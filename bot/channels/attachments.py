"""Fetching attachments: up to a size, from the provider's hosts alone, credentials for the first of them."""

from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests
from requests.exceptions import RequestException
from requests.utils import get_environ_proxies

from bot.channels.port import Fetched, MediaRefused, SlowDown

# WhatsApp's own limit for audio and video is 16 MB; documents may be larger and are then left to a person.
LARGEST = 16 * 1024 * 1024
MOST_HOPS = 5
CHUNK = 64 * 1024
API_HOST = "api.twilio.com"
PROVIDER_DOMAINS = ("twilio.com", "twiliocdn.com")
# Twilio's storage is a folder of a shared host: the host alone would let anybody's bucket in.
STORAGE = {
    "s3-external-1.amazonaws.com": "/media.twiliocdn.com/",
    "s3.amazonaws.com": "/media.twiliocdn.com/",
}
GONE = frozenset({400, 403, 404, 410})


def elsewhere(url: str, base: str) -> str:
    """The same resource under another base address."""
    parts = urlsplit(url)
    return base + parts.path + (f"?{parts.query}" if parts.query else "")


class Attachments:
    """Gets attachments with the account's credentials; `api_url` stands in for the provider's hosts."""

    def __init__(self, *, credentials: tuple[str, str], api_url: str = "", timeout: float) -> None:
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
        return elsewhere(url, self._api_url) if self._api_url and _of_provider(host) else url

    def _allowed(self, parts: SplitResult, *, first: bool) -> bool:
        if self._api_url:
            base = urlsplit(self._api_url)
            return (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
        if parts.scheme != "https" or parts.port not in (None, 443) or parts.username is not None:
            return False
        host = parts.hostname or ""
        if first:
            return host == API_HOST
        folder = STORAGE.get(host)
        return _of_provider(host) or (folder is not None and _within(folder, parts.path))


def _of_provider(host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in PROVIDER_DOMAINS)


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
