"""A provider for tests: keeps what it was sent, answers as it is told, and has a list of its own."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels.port import Channel, Direction, Fetched, ListedMessage, Media, OutgoingMessage
from bot.model import OutboundState
from store.database import Database


class FakeChannel:
    name = "fake"
    on_acceptance = OutboundState.SENT
    keeps_list = True

    def __init__(self, *, pace: float = 0, window: timedelta | None = None) -> None:
        self.pace = timedelta(seconds=pace)
        self.window = window
        self.sent: list[OutgoingMessage] = []
        self.answers: deque[Exception] = deque()
        """Raised by the next calls, one each."""
        self.takes_it_first = False
        """Whether a message whose call ends in an error went out nevertheless."""
        self.list: list[ListedMessage] = []
        self.asked: list[tuple[datetime, str]] = []
        self.attachments: dict[str, Sequence[Media]] = {}
        self.contents: dict[str, Fetched | Exception] = {}

    def send(self, message: OutgoingMessage) -> str:
        if self.answers:
            if self.takes_it_first:
                self.sent.append(message)
            raise self.answers.popleft()
        self.sent.append(message)
        return f"SM{message.id}{len(self.sent)}"

    def listed(self, since: datetime, *, to: str = "") -> Iterator[ListedMessage]:
        self.asked.append((since, to))
        for one in sorted(self.list, key=lambda one: one.at, reverse=True):
            if one.at >= since and to in ("", one.person):
                yield one

    def media(self, sid: str) -> Sequence[Media]:
        return self.attachments[sid]

    def fetch(self, url: str) -> Fetched:
        found = self.contents[url]
        if isinstance(found, Exception):
            raise found
        return found

    def check(self) -> Sequence[str]:
        return ()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.sent]


@dataclass(frozen=True, kw_only=True)
class App:
    """The little that delivery needs of the composed application."""

    database: Database
    channel: FakeChannel = field(default_factory=FakeChannel)

    @property
    def channels(self) -> Mapping[str, Channel]:
        return {self.channel.name: self.channel}


def listed(
    sid: str,
    *,
    body: str,
    at: datetime,
    person: str = "+919800000001",
    direction: Direction = Direction.OUTBOUND,
    **more: object,
) -> ListedMessage:
    return ListedMessage(sid=sid, direction=direction, person=person, body=body, at=at, raw={"sid": sid}, **more)
