"""A duty: what the provider's message list has and we do not is taken in."""

from bot.channels.port import HasChannels


def take_missing(app: HasChannels) -> int:
    """Read the list of every channel and take in what is missing and older than three minutes; how many."""
    raise NotImplementedError
