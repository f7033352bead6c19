"""From the settings to the ERPs they name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from erp.files import FilesErp, answer_mode
from erp.port import Erp

MAIN = "main"
"""The name of the only ERP while there is one."""
FILES = "files:"


class ErpSettings(Protocol):
    """The settings an ERP is built from."""

    @property
    def erp_url(self) -> str:
        """`files:DIR`, or another scheme and address."""

    @property
    def files_answer(self) -> str:
        """`self`, `results`, or empty for the default."""

    @property
    def timezone(self) -> str:
        """What a moment without an offset is meant in."""


def build_erps(settings: ErpSettings) -> Mapping[str, Erp]:
    """Every configured ERP by its name. Raises ValueError for one that is not built (yet)."""
    if not settings.erp_url.startswith(FILES):
        scheme = settings.erp_url.partition("+")[0].partition(":")[0]
        raise ValueError(f"the ERP {scheme!r} is not built yet; ERP_URL=files:DIR exchanges files with any ERP")
    folder = Path(settings.erp_url.removeprefix(FILES))
    erp = FilesErp(
        folder,
        name=MAIN,
        answer=answer_mode(folder, settings.files_answer),
        zone=ZoneInfo(settings.timezone),
    )
    return {erp.name: erp}
