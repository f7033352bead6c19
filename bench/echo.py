"""The product with nothing to think about: each message is answered "ok", through the same queue and channel.

What a message to reply costs beyond this is reading, orders and prices. As a program it is the parent.
"""

from __future__ import annotations

import sys

import bot.hear
import web.parent
from bot.app import Munshi
from bot.bubbles import Bubble
from bot.model import Inbound, InboundState
from bot.outgoing import queue
from people.who import account_of
from store.database import now

MODULE = "bench.echo"
OWN_COMMANDS = web.parent.commands()


def echo(app: Munshi, inbound_id: int) -> None:
    with app.database.transaction() as session:
        inbound = session.get(Inbound, inbound_id, with_for_update=True)
        if inbound is None or inbound.state != InboundState.STORED.value:
            return
        inbound.state = InboundState.DONE.value
        account = account_of(session, inbound.sender)
        account.last_heard_at = now(session)
        session.flush()
        bubble = Bubble(kind="reply", lines=("ok",), language="en")
        queue(session, account_id=account.id, channel=inbound.channel, bubble=bubble)


def commands() -> dict[str, list[str]]:
    """As the parent's own, of this module."""
    return {
        name: [MODULE if word == "wsgi" else MODULE + ":app" if word == "wsgi:app" else word for word in words]
        for name, words in OWN_COMMANDS.items()
    }


web.parent.commands = commands
bot.hear.hear = echo

if __name__ == "__main__":
    from web.start import main

    sys.exit(main())

from web.serve import application  # noqa: E402 - what is changed above must be changed before

app = application()
