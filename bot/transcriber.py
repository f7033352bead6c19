"""Voice notes to text, by an endpoint with OpenAI's `/audio/transcriptions`; off unless TRANSCRIBER_URL names one.

It is called while no transaction is open. What it hears is a proposal: its sender sees it and confirms each line.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import requests
import structlog
from pydantic import BaseModel, ValidationError
from requests.utils import get_environ_proxies

from bot.papers.values import CannotRead, Refusal

log = structlog.get_logger()

PATH = "/audio/transcriptions"
SECONDS = 45.0
LARGEST_SOUND = 16 * 1024 * 1024
LARGEST_ANSWER = 256 * 1024
LONGEST_SAID = 4000
"""Characters of an order that somebody speaks; more is a talk, which a person listens to."""
ENDINGS = {
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "webm",
}
FOR_GOOD = frozenset({400, 401, 403, 404, 413, 415, 422})


class NoAnswer(Exception):  # noqa: N818  (a decision)
    """It did not answer this time; to be tried again."""


class _Said(BaseModel):
    text: str


class Transcriber:
    """One endpoint; nothing of what it is sent or says is logged."""

    def __init__(self, *, url: str, model: str, key: str = "", seconds: float = SECONDS) -> None:
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        self._url = parts._replace(path=path if path.endswith(PATH) else path + PATH).geturl()
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = seconds

    def text_of(self, content: bytes, content_type: str) -> str:
        """What is said in a voice note. Raises CannotRead for good, NoAnswer for now."""
        if len(content) > LARGEST_SOUND:
            raise CannotRead(Refusal.TOO_LARGE)
        try:
            said = _Said.model_validate_json(self._post(content, content_type)).text
        except ValidationError as error:
            raise CannotRead(Refusal.FAILED) from error
        except requests.RequestException as error:
            raise NoAnswer(type(error).__name__) from error
        text = " ".join(said.split())
        if not any(map(str.isalnum, text)):
            raise CannotRead(Refusal.EMPTY)
        if len(text) > LONGEST_SAID:
            raise CannotRead(Refusal.TOO_LARGE)
        return text

    def _post(self, content: bytes, content_type: str) -> bytes:
        family = content_type.partition(";")[0].strip().casefold()
        name = f"voice.{ENDINGS.get(family, 'ogg')}"
        with requests.Session() as session:
            session.trust_env = False  # no credentials out of a .netrc
            with session.post(
                self._url,
                files={"file": (name, content, family or "audio/ogg")},
                data={"model": self._model, "response_format": "json"},
                headers=self._headers,
                timeout=self._seconds,
                allow_redirects=False,
                stream=True,
                proxies=get_environ_proxies(self._url),
            ) as response:
                if response.status_code != requests.codes.ok:
                    log.warning("transcriber_refused", status=response.status_code)
                    if response.status_code in FOR_GOOD:
                        raise CannotRead(Refusal.FAILED)
                    raise NoAnswer(str(response.status_code))
                return self._body(response)

    def _body(self, response: requests.Response) -> bytes:
        deadline, body = time.monotonic() + self._seconds, b""
        for chunk in response.iter_content(8192):
            body += chunk
            if time.monotonic() > deadline:
                raise NoAnswer("slow")
            if len(body) > LARGEST_ANSWER:
                raise CannotRead(Refusal.FAILED)
        return body
