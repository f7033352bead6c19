"""A duty: what was handed to a provider and never answered for is looked up, and only then sent again."""

from bot.channels.port import HasChannels


def settle(app: HasChannels) -> int:
    """Find out what became of bubbles left in `sending` for a minute; how many were decided."""
    raise NotImplementedError
