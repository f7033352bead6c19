"""Putting an admin's word on customers before the ERP's, for scenarios about modes."""

from people import modes
from tests.scenarios.stage import Stage


def puts(stage: Stage, mode: str, *codes: str) -> None:
    """Customers go into a mode."""
    with stage.session() as session:
        modes.override(session, codes, modes.MODE, mode, by="Asha", reason="roll-out")


def auto_confirms(stage: Stage, *codes: str, value: str | None = modes.YES) -> None:
    """Orders of these customers that nobody objects to are posted by themselves."""
    with stage.session() as session:
        modes.override(session, codes, modes.AUTO_CONFIRM, value, by="Asha", reason="agreed with them")
