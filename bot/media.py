"""Photos, voice notes and documents: fetched from the provider by a job, at once, with a size cap."""

from bot.channels.port import HasChannels


def fetch(app: HasChannels, inbound_id: int) -> None:
    """Fetch every attachment of a message that is not there yet."""
    raise NotImplementedError
