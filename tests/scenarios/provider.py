"""A provider that keeps its own list of all that was written and said, and that can be away."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.channels.console import ConsoleChannel
from bot.channels.port import Direction, ListedMessage, OutgoingMessage, SlowDown
from bot.model import OutboundState
from store.clock import ManualClock
from tests.scenarios.stage import CHANNEL, Phone, new_sid


class Provider(ConsoleChannel):
    """As the console, but what passes through it outlives our database."""

    on_acceptance = OutboundState.SENT

    def __init__(self, clock: ManualClock, *, pace: timedelta = timedelta()) -> None:
        self.away = False
        self.pace = pace
        self.list: list[ListedMessage] = []
        self._clock = clock

    def send(self, message: OutgoingMessage) -> str:
        self._answers()
        sid = new_sid()
        self._note(sid, Direction.OUTBOUND, message.to, message.text)
        return sid

    def listed(self, since: datetime, *, to: str = "") -> Iterator[ListedMessage]:
        self._answers()
        for one in sorted(self.list if self.keeps_list else (), key=lambda one: one.at, reverse=True):
            if one.at >= since and to in ("", one.person):
                yield one

    def check(self) -> list[str]:
        return ["the provider does not answer"] if self.away else []

    def hears(self, phone: Phone, text: str, *, webhook: bool = True, **more: str) -> str:
        """Somebody writes; without a webhook only the list knows."""
        sid = phone.sends(text, **more) if webhook else new_sid()
        self._note(sid, Direction.INBOUND, phone.number, text)
        return sid

    def taps(self, phone: Phone, wanted: str) -> None:
        """Somebody taps a button of the last bubble."""
        sid = phone.presses(wanted)
        assert phone.last is not None
        self._note(sid, Direction.INBOUND, phone.number, phone.last.payload(wanted)[1])
        phone.stage.run()

    @property
    def texts(self) -> list[str]:
        """What was said to anybody, in order."""
        return [one.body for one in self.list if one.direction == Direction.OUTBOUND]

    def _answers(self) -> None:
        if self.away:
            raise SlowDown("cannot be reached", code="unreachable_api")

    def _note(self, sid: str, direction: Direction, person: str, body: str) -> None:
        at = self._clock.now()
        self.list.append(ListedMessage(sid=sid, direction=direction, person=person, body=body, at=at, raw={"sid": sid}))


assert Provider.name == CHANNEL
