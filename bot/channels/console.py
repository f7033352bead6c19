"""The console: a chat page in the browser that reads the same rows; nothing goes outside."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.channels.port import Fetched, ListedMessage, Media, MediaRefused, OutgoingMessage
from bot.model import OutboundState


class ConsoleChannel:
    """The page shows a bubble once it is delivered, so delivering it is all there is to do."""

    name = "console"
    pace = timedelta()
    window: timedelta | None = None
    on_acceptance = OutboundState.DELIVERED
    keeps_list = True

    def send(self, message: OutgoingMessage) -> str:
        """The page finds the row by itself; the id only has to be unique."""
        return f"console-{message.id}"

    def listed(self, since: datetime, *, to: str = "") -> Iterator[ListedMessage]:
        """No provider stands between: nothing can be missing."""
        del since, to
        return iter(())

    def media(self, sid: str) -> Sequence[Media]:
        """What is typed into the page has no attachments."""
        del sid
        return ()

    def fetch(self, url: str) -> Fetched:
        """What the page attaches travels in its own address (`data:TYPE;base64,…`); there is nowhere else to go."""
        head, found, content = url.removeprefix("data:").partition(";base64,")
        if not found:
            raise MediaRefused("gone")
        return Fetched(content_type=head, content=b64decode(content))

    def check(self) -> Sequence[str]:
        """Nothing can be set up wrong."""
        return ()
