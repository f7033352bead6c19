"""“Kal se 3 din Sneha dekhegi”: who decides in somebody's place, repeated back and done by a tap; and its end."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.bubbles import Bubble, Button, Tap
from bot.model import Outbound
from bot.notices import language_of, tell
from bot.replies import Words, words
from bot.turn import Turn
from nlp import fold
from nlp.delegation import Delegating, delegating
from people.model import Person
from routing import delegations
from routing.ask_model import Delegation
from routing.delegations import DECIDES, Refused
from store.database import now

KIND = "delegation"
MOST_NAMED = 5


def answered(turn: Turn) -> bool:
    """Take a delegation, or its end; False when the message is none, or its sender decides nothing."""
    if turn.inbound.quoted_sid or not DECIDES & set(turn.known.roles):
        return False
    asked = delegating(turn.text, today=turn.today)
    if asked is None:
        return False
    if asked.ends:
        _take_back(turn)
        return True
    found = _people_named(turn, asked)
    if not found:
        return False
    if len(found) > 1:
        turn.say("delegation.which", names=", ".join(person.name for person in found[:MOST_NAMED]))
    elif asked.last is None or asked.last < (asked.first or turn.today):
        turn.say("delegation.until_when", name=found[0].name)
    else:
        _repeat(turn, found[0], asked.first or turn.today, asked.last)
    turn.got("delegation")
    return True


def _people_named(turn: Turn, asked: Delegating) -> list[Person]:
    """Those who may be handed decisions and bear all the words that are names at all."""
    able = [
        person
        for person in delegations.able(turn.session, timezone=turn.app.settings.timezone)
        if person.id != turn.known.person_id
    ]
    said = [fold(word) for word in asked.words]
    names = {person.id: {fold(word) for word in person.name.split()} for person in able}
    known = [word for word in said if any(word in one for one in names.values())]
    return [person for person in able if known and all(word in names[person.id] for word in known)]


def _repeat(turn: Turn, to: Person, first: date, last: date) -> None:
    """Back to him, to be done by a tap."""
    facts = {"to": to.id, "first": first.isoformat(), "last": last.isoformat()}
    turn.show(
        Bubble(
            kind="delegation",
            lines=(_said(turn.words, "delegation.repeat", to.name, first, last),),
            buttons=(
                Button(act="approve", title=turn.words("button.yes_do")),
                Button(act="reject", title=turn.words("button.no_back")),
            ),
            language=turn.words.catalogue,
            topic="delegation",
            subject=facts,
        )
    )


def _said(said: Words, key: str, name: str, first: date, last: date) -> str:
    return said(key, name=name, first=said.day(first), last=said.day(last))


def tapped(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    """Yes or no to what was repeated; a title that is typed is no tap."""
    if tap.act != "approve":
        turn.say("delegation.dropped")
        turn.got("delegation")
        return
    if not turn.inbound.payload:
        turn.say("delegation.tap_please")
        return
    first, last = (date.fromisoformat(bubble.subject[name]) for name in ("first", "last"))
    zone = ZoneInfo(turn.app.settings.timezone)
    before = {one.id for one in delegations.of_person(turn.session, turn.known.person_id)}
    made = delegations.delegate(
        turn.session,
        from_person=turn.known.person_id,
        to_person=int(bubble.subject["to"]),
        starts_at=max(now(turn.session), datetime.combine(first, time(), tzinfo=zone)),
        ends_at=datetime.combine(last + timedelta(days=1), time(), tzinfo=zone),
        inbound_id=turn.inbound.id,
        timezone=turn.app.settings.timezone,
    )
    if isinstance(made, Refused):
        turn.say(f"delegation.not_{made.why.value}")
    else:
        _done(turn, made, first, last, new=made.id not in before)
    turn.got("delegation")


def _done(turn: Turn, made: Delegation, first: date, last: date, *, new: bool) -> None:
    to = turn.session.get_one(Person, made.to_person)
    turn.said.append(_said(turn.words, "delegation.done", to.name, first, last))
    if new:
        _tell(turn, to, lambda said: _said(said, "delegation.told", turn.known.name, first, last))


def _take_back(turn: Turn) -> None:
    """Whoever stood in hears so."""
    standing: Sequence[Delegation] = delegations.of_person(turn.session, turn.known.person_id)
    if not delegations.revoke(turn.session, from_person=turn.known.person_id):
        turn.say("delegation.none")
    else:
        turn.say("delegation.ended")
        for person_id in dict.fromkeys(one.to_person for one in standing):
            to = turn.session.get_one(Person, person_id)
            _tell(turn, to, lambda said: said("delegation.told_end", name=turn.known.name))
    turn.got("delegation")


def _tell(turn: Turn, person: Person, sentence: Callable[[Words], str]) -> None:
    said = words(language_of(person))
    bubble = Bubble(kind="delegation_told", lines=(sentence(said),), language=said.catalogue)
    tell(turn.app, turn.session, person, bubble, simulated=turn.inbound.simulated)
