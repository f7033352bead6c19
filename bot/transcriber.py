"""Voice notes to text, by an endpoint with OpenAI's `/audio/transcriptions`; off unless TRANSCRIBER_URL names one.

It is called while no transaction is open. What it hears is a proposal: its sender sees it and confirms each line.
"""

from __future__ import annotations

import requests
import structlog
from pydantic import BaseModel, ValidationError

from bot.endpoint import Endpoint, Refused, TooLong, TooSlow
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
        self._endpoint = Endpoint(url, PATH, key=key, seconds=seconds, largest=LARGEST_ANSWER)
        self._model = model

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
        try:
            return self._endpoint.post(
                files={"file": (name, content, family or "audio/ogg")},
                data={"model": self._model, "response_format": "json"},
            )
        except Refused as refused:
            log.warning("transcriber_refused", status=refused.status)
            if refused.status in FOR_GOOD:
                raise CannotRead(Refusal.FAILED) from refused
            raise NoAnswer(str(refused.status)) from refused
        except TooSlow as slow:
            raise NoAnswer("slow") from slow
        except TooLong as long:
            raise CannotRead(Refusal.FAILED) from long
