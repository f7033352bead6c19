"""What providers over HTTP have in common: another base address, and whether anything can have left for them."""

from urllib.parse import urlsplit

from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError


def elsewhere(url: str, base: str) -> str:
    """The same resource under another base address."""
    parts = urlsplit(url)
    return base + parts.path + (f"?{parts.query}" if parts.query else "")


def never_connected(error: Exception) -> bool:
    """Whether no byte of the request can have left."""
    if isinstance(error, ConnectTimeout):
        return True
    inner = error.args[0] if isinstance(error, ConnectionFailed) and error.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)
