"""The port every channel is spoken through: what it sends, lists and fetches, and how sending may fail."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.model import OutboundState
from store.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A button or a list row as it goes out: its payload comes back when it is tapped."""

    payload: str
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """One bubble on its way to one person. `id` is ours and known before the call."""

    id: str
    to: str
    """The recipient's identity, `+91…` or a business-scoped user id, as it was given to us."""
    kind: str
    language: str
    lines: tuple[str, ...]
    buttons: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    rows_title: str = ""
    order: str = ""
    """Our number of the order it is about, if it is about one."""
    opens_window: bool = False
    """The person has not written for 24 hours: only an approved template may go."""

    @property
    def text(self) -> str:
        """What the person reads above the buttons."""
        return "\n".join(self.lines)


class Direction(StrEnum):
    """Who wrote, seen from us."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedMessage:
    """One message as the provider's list shows it; a tap shows its title as the body and no payload."""

    sid: str
    direction: Direction
    person: str
    """The identity of the other side, whoever wrote."""
    body: str
    at: datetime
    """When the provider sent or took it; before that, when it was created."""
    status: str = ""
    error: str = ""
    media: int = 0
    """How many attachments; `Channel.media` names them."""
    raw: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """An attachment as announced, not fetched yet."""

    url: str
    content_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An attachment's content."""

    content_type: str
    content: bytes


class ChannelError(Exception):
    """The message did not go out. `code` is the provider's."""

    def __init__(self, text: str = "", *, code: str = "") -> None:
        super().__init__(text or code)
        self.code = code


class SlowDown(ChannelError):  # noqa: N818  (a decision)
    """Nothing was sent: the provider is busy, away, or asks us to wait; to be tried again."""

    def __init__(self, text: str = "", *, code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(text, code=code)
        self.retry_after = retry_after
        """None: the caller's own backoff."""


class WindowClosed(ChannelError):  # noqa: N818  (a decision)
    """Nothing was sent: the person has not written for 24 hours and no approved template says this."""


class Unreachable(ChannelError):  # noqa: N818  (a decision)
    """Nothing was sent, and nothing can be until this person writes again."""


class Refused(ChannelError):  # noqa: N818  (a decision)
    """The provider will never send this message: a fault of ours or of its content; a person must look."""


class OutcomeUnknown(ChannelError):  # noqa: N818  (a decision)
    """The message may or may not have gone out; look it up before anything else is tried."""


class MediaRefused(Exception):  # noqa: N818  (a decision, not a fault)
    """The attachment will not be fetched. `reason` is one word: `too_large`, `foreign_host`, `gone`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Channel(Protocol):
    """A way in and out. Every call ends within a few seconds."""

    @property
    def name(self) -> str:
        """Under which its rows are kept."""

    @property
    def pace(self) -> timedelta:
        """The least time between two messages to one person."""

    @property
    def window(self) -> timedelta | None:
        """How long after a person's last message we may write freely; None: always."""

    @property
    def on_acceptance(self) -> OutboundState:
        """Where a message stands once `send` has returned."""

    @property
    def keeps_list(self) -> bool:
        """Whether `listed` tells all that was written and said; without it nobody knows what a restore forgot."""

    def send(self, message: OutgoingMessage) -> str:
        """Hand one message over; the provider's id of it. Raises ChannelError, which carries the decision."""

    def listed(self, since: datetime, *, to: str = "") -> Iterator[ListedMessage]:
        """The provider's own record from `since` on, newest first; `to`: only what went to that person.

        Raises SlowDown.
        """

    def media(self, sid: str) -> Sequence[Media]:
        """The attachments of a message found in the list. Raises SlowDown."""

    def fetch(self, url: str) -> Fetched:
        """An attachment's content. Raises MediaRefused for good, SlowDown for now."""

    def check(self) -> Sequence[str]:
        """What is wrong with the channel's set-up, each with its remedy; empty when all is well."""


@runtime_checkable
class Expiring(Protocol):
    """A channel whose access ends by itself some day."""

    def access_ends_at(self) -> datetime | None:
        """When; None when it does not, or cannot be told now."""


class HasChannels(Protocol):
    """What delivery needs of the composed application."""

    @property
    def database(self) -> Database:
        """Where what is said stands."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every way out, by its name."""


# Twilio's and Meta's codes do not collide. Sources: Twilio's error dictionary, Meta's Cloud API error codes.
BUSY = frozenset(
    {"429", "20429", "30001", "63018", "63038"}  # Twilio's
    | {"1", "2", "4", "80007", "130429", "131000", "131016", "131048", "131056", "131057", "133004"}  # Meta's
)
CLOSED = frozenset({"63016", "131047", "470"})
LOST = frozenset({"21610", "63014", "63024", "131026"})
# Meta's for a token, right, payment or number of ours: everything waits until a person has mended it.
NOT_LET_IN = frozenset({"0", "3", "10", "33", "190", "368", "131005", "131031", "131037", "131042", "131045", "133010"})
UNTIL_MENDED = timedelta(minutes=1)


def error_for(code: str, text: str = "") -> ChannelError:
    """The decision that a provider's error code stands for, whether answered at once or called back later."""
    if code in NOT_LET_IN:
        return SlowDown(text, code=code, retry_after=UNTIL_MENDED)
    if code in BUSY:
        return SlowDown(text, code=code)
    if code in CLOSED:
        return WindowClosed(text, code=code)
    if code in LOST:
        return Unreachable(text, code=code)
    return Refused(text, code=code)
