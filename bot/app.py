"""The composition root: the one place where settings become channels, ERPs, a database and the jobs that use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time

from bot.alarm_ways import Way, ways
from bot.catalogue import Catalogues
from bot.channels.cloud import CloudChannel
from bot.channels.console import ConsoleChannel
from bot.channels.email import ImapBox
from bot.channels.port import Channel
from bot.channels.twilio import TwilioChannel
from bot.papers.opening import reads_pictures
from bot.second_reader import SecondReader
from bot.settings import DEFAULT_BACKUP, OFF, ChannelName, Settings
from bot.transcriber import Transcriber
from erp.build import build_erps
from erp.port import Erp
from store.clock import Clock, FileClock, SystemClock
from store.database import Database
from store.nightly import Nights
from store.server import Server

ErpFactory = Callable[[Settings], Mapping[str, Erp]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Munshi:
    """Everything a request, a job or a duty needs."""

    settings: Settings
    database: Database
    channels: Mapping[str, Channel]
    erps: Mapping[str, Erp]
    catalogues: Catalogues = field(default_factory=Catalogues)
    second_reader: SecondReader | None = None
    """Off unless READER_URL names one."""
    mailbox: ImapBox | None = None
    """Off unless IMAP_URL names one."""
    reads_pictures: bool = False
    """Whether this machine can read photos and scans."""
    transcriber: Transcriber | None = None
    """Off unless TRANSCRIBER_URL names one."""
    alarm_ways: Mapping[str, Way] = field(default_factory=dict)
    nights: Nights | None = None
    """When and where backups are made, if here at all."""

    @property
    def clock(self) -> Clock:
        return self.database.clock

    @property
    def erp(self) -> Erp:
        """The ERP that orders go to."""
        return next(iter(self.erps.values()))

    @property
    def channel(self) -> Channel:
        """The way to people who never wrote to us."""
        return self.channels[self.settings.whatsapp_channel]


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or the one a test pushes by a file."""
    return FileClock(settings.munshi_clock) if settings.munshi_clock else SystemClock()


def build_channels(settings: Settings, database: Database) -> dict[str, Channel]:
    """The console, and the provider's channel if there is one."""
    channels: dict[str, Channel] = {"console": ConsoleChannel()}
    if settings.whatsapp_channel is ChannelName.TWILIO:
        channels["twilio"] = TwilioChannel(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            sender=settings.twilio_whatsapp_from,
            public_url=settings.public_url,
            database=database,
            api_url=settings.twilio_api_url,
        )
    if settings.whatsapp_channel is ChannelName.CLOUD:
        channels["cloud"] = CloudChannel(
            phone_number_id=settings.cloud_phone_number_id,
            access_token=settings.cloud_access_token.get_secret_value(),
            business_account_id=settings.cloud_business_account_id,
            database=database,
            api_url=settings.cloud_api_url,
        )
    return channels


def build_second_reader(settings: Settings) -> SecondReader | None:
    """The endpoint the settings name, if any."""
    if not settings.reader_url:
        return None
    return SecondReader(
        url=settings.reader_url, model=settings.reader_model, key=settings.reader_key.get_secret_value()
    )


def build_mailbox(settings: Settings) -> ImapBox | None:
    """The mailbox the settings name, if any."""
    url = settings.imap_url.get_secret_value()
    return ImapBox.from_url(url) if url else None


def build_transcriber(settings: Settings) -> Transcriber | None:
    """The endpoint for voice notes the settings name, if any."""
    if not settings.transcriber_url:
        return None
    return Transcriber(
        url=settings.transcriber_url, model=settings.transcriber_model, key=settings.transcriber_key.get_secret_value()
    )


def build_nights(settings: Settings, database_url: str) -> Nights | None:
    """Nightly backups: of the embedded database unless told otherwise, of another one when told."""
    embedded = database_url in ("", Server(settings.munshi_var).url)
    if settings.backup_at == OFF or (settings.backup_at == "" and not embedded):
        return None
    at = time.fromisoformat(settings.backup_at or DEFAULT_BACKUP)
    return Nights(at=at, zone=settings.zone, folder=settings.backups)


def compose(
    settings: Settings,
    *,
    database_url: str = "",
    application_name: str = "munshi",
    erps: ErpFactory = build_erps,
) -> Munshi:
    """Put the application together; `erps` replaces the adapters the settings name."""
    database = Database(
        url=database_url or settings.database_url, clock=clock_of(settings), application_name=application_name
    )
    return Munshi(
        settings=settings,
        database=database,
        channels=build_channels(settings, database),
        erps=erps(settings),
        second_reader=build_second_reader(settings),
        mailbox=build_mailbox(settings),
        reads_pictures=settings.ocr != OFF and reads_pictures(),
        transcriber=build_transcriber(settings),
        alarm_ways=ways(alert_url=settings.alert_url.get_secret_value(), smtp_url=settings.smtp_url.get_secret_value()),
        nights=build_nights(settings, database_url or settings.database_url),
    )
