"""Addresses that only we can have made, and that end: signed with the key that signs sessions."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from bot.settings import Settings

SIGNATURE, ENDS = "sign", "ends"


def signed_link(settings: Settings, path: str, facts: Mapping[str, str], *, ends: datetime) -> str:
    """The whole address of a page of ours with these facts, good until then."""
    given = {**facts, ENDS: str(int(ends.timestamp()))}
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{address}{path}?{urlencode({**given, SIGNATURE: _signature(settings, path, given)})}"


def holds(settings: Settings, path: str, given: Mapping[str, str], *, present: datetime) -> bool:
    """Whether what came with an address is what we signed, and it has not ended."""
    facts = {name: value for name, value in given.items() if name != SIGNATURE}
    if not hmac.compare_digest(_signature(settings, path, facts).encode(), given.get(SIGNATURE, "").encode()):
        return False
    return int(facts[ENDS]) > present.timestamp()


def _signature(settings: Settings, path: str, facts: Mapping[str, str]) -> str:
    said = f"{path}?{urlencode(sorted(facts.items()))}"
    return hmac.new(settings.signing_key().encode(), said.encode(), hashlib.sha256).hexdigest()[:32]
