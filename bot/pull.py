"""Brings the ERPs' master data in: the mirror keeps its share, people and orders are handed theirs."""

from collections.abc import Mapping
from types import MappingProxyType

import structlog

from bot.app import Munshi
from erp.port import Erp, ErpError
from erp.pull import Owner, Progress, pull
from erp.records import RecordKind
from orders.aliases import take_aliases
from people.sync import take_addresses, take_customers, take_people

log = structlog.get_logger()

OWNERS: Mapping[RecordKind, Owner] = MappingProxyType(
    {
        RecordKind.CUSTOMERS: take_customers,
        RecordKind.ADDRESSES: take_addresses,
        RecordKind.PEOPLE: take_people,
        RecordKind.ALIASES: take_aliases,
    }
)

# The same line every two seconds helps nobody: only what is new about an ERP is logged, by each process.
_said: dict[str, str] = {}


def pull_changes(app: Munshi, progress: Progress | None = None) -> int:
    """Take over what changed in any ERP; how many listings. One that is down keeps no other waiting."""
    return sum(_pull(app, erp, progress) for erp in app.erps.values())


def _pull(app: Munshi, erp: Erp, progress: Progress | None) -> int:
    try:
        done = len(pull(app.database, erp, OWNERS, progress=progress))
    except ErpError as error:
        if _said.get(erp.name) != str(error):
            log.warning("master_data_not_pulled", erp=erp.name, error=str(error))
        _said[erp.name] = str(error)
        return 0
    _said.pop(erp.name, None)
    return done
