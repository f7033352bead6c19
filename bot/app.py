"""The composition root: the one place where settings become channels, ERPs, a database and the jobs that use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.catalogue import Catalogues
from bot.channels import build_channels
from bot.channels.port import Channel
from bot.settings import Settings
from erp import build_erps
from erp.port import Erp
from store.clock import Clock, FileClock, SystemClock
from store.database import Database

MAIN = "main"
"""The name of the only ERP while there is one."""

ErpFactory = Callable[[Settings], Mapping[str, Erp]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Munshi:
    """Everything a request, a job or a duty needs."""

    settings: Settings
    database: Database
    channels: Mapping[str, Channel]
    erps: Mapping[str, Erp]
    catalogues: Catalogues = field(default_factory=Catalogues)

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


def compose(
    settings: Settings, *, database_url: str = "", application_name: str = "munshi", erps: ErpFactory | None = None
) -> Munshi:
    """Put the application together; `erps` replaces the adapters the settings name."""
    database = Database(
        url=database_url or settings.database_url, clock=clock_of(settings), application_name=application_name
    )
    return Munshi(
        settings=settings,
        database=database,
        channels=build_channels(settings, database),
        erps=(erps or build_erps)(settings),
    )
