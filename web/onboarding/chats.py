"""The chats of `onboard`: their files taken in, their senders given to customers, their days read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.app import Munshi
from bot.onboarding import senders as who
from bot.onboarding import state
from bot.onboarding.chat_days import OfCustomer, Progress, Spared, by_party, compared
from bot.onboarding.chat_export import ChatExport, DateOrder, UnreadableChat, read_chat
from bot.onboarding.masking import masked
from bot.onboarding.senders import NOBODY, OURS, REP, Guess, Known, Told
from web.onboarding.asking import Asker

SUFFIXES = (".txt", ".zip")
MOST_SAID = 5
HELP = f"a customer's code or words of its name, {OURS} for our own staff, {REP} for a sales rep, - to leave out"


@dataclass(frozen=True, slots=True)
class Given:
    """One chat with its senders."""

    export: ChatExport
    senders: Mapping[str, str]


def take_in(app: Munshi, asker: Asker, files: Sequence[Path], *, dates: str, senders: Mapping[str, str]) -> list[Given]:
    """Every chat given now or before, with each sender decided on; each decision is kept at once."""
    order = DateOrder(dates) if dates else None
    for file in _files(files):
        _take(app, file, order)
    if not files:
        _ask_for_files(app, asker, order)
    with app.database.transaction() as session:
        people = who.known(session, timezone=app.settings.timezone)
    for one in known(app, tell=True):
        _decide(app, asker, one, people, senders)
    return known(app)


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files, those of folders included."""
    found = []
    for path in paths:
        inside = sorted(one for one in path.iterdir() if one.suffix in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            click.echo(f"  {path}: holds no .txt or .zip", err=True)
        found += inside
    return found


def _ask_for_files(app: Munshi, asker: Asker, order: DateOrder | None) -> None:
    """Each is taken in as soon as it is given."""
    click.echo("  Export chats in WhatsApp (More, Export chat, Without media); give each file, or a folder of them.")
    while True:
        with app.database.transaction() as session:
            there = len(state.chats(session))
        question = f"  File or folder ({there} so far; Enter when there are no more)"
        path = asker.ask(question, default="", valid=_path_or_end, remedy="There is no such file or folder.")
        if path == Path():
            return
        for file in _files([path]):
            _take(app, file, order)


def _path_or_end(answer: str) -> Path | None:
    if not answer:
        return Path()
    path = Path(answer.strip("'\"")).expanduser()
    return path if path.exists() else None


def _take(app: Munshi, file: Path, order: DateOrder | None) -> None:
    try:
        export = read_chat(file, timezone=app.settings.timezone, order=order, latest=app.clock.now())
    except UnreadableChat as error:
        click.echo(f"  not taken: {error}.", err=True)
        return
    with app.database.transaction() as session:
        dates = order.value if order else ""
        replaced = state.add_chat(session, name=export.name, path=file.resolve(), dates=dates)
    if replaced not in ("", str(file.resolve())):
        click.echo(f"  {export.name}: {file} takes the place of {replaced}")


def known(app: Munshi, *, tell: bool = False) -> list[Given]:
    """The chats given so far, as their files are now."""
    with app.database.transaction() as session:
        rows = [(row.name, Path(row.path), row.dates, dict(row.senders)) for row in state.chats(session)]
    found = []
    for name, path, dates, senders in rows:
        order = DateOrder(dates) if dates else None
        try:
            export = read_chat(path, timezone=app.settings.timezone, order=order, latest=app.clock.now())
        except UnreadableChat as error:
            click.echo(f"  {name} is left out: {error}.", err=True)
            continue
        export.name = name
        if tell:
            _tell(export)
        found.append(Given(export, senders))
    return found


def _tell(export: ChatExport) -> None:
    if export.messages:
        first, last = export.messages[0].sent_at, export.messages[-1].sent_at
        span = f"{first:%d %b %Y} to {last:%d %b %Y}"
    else:
        span = "nothing"
    click.echo(f"  {export.name}: {len(export.messages)} messages, {span}")
    if export.ambiguous:
        click.echo("    day and month could be either; the day is taken to be first (--dates mdy for the other)")
    for problem in export.problems[:MOST_SAID]:
        click.echo(f"    {problem}", err=True)
    if len(export.problems) > MOST_SAID:
        click.echo(f"    and {len(export.problems) - MOST_SAID} more", err=True)


# --- who speaks for whom ---


def _decide(app: Munshi, asker: Asker, given: Given, people: Known, wanted: Mapping[str, str]) -> None:
    """Who is known for sure goes first: of two, the other one is then ours."""
    export, decided = given.export, dict(given.senders)
    names = list(export.senders)

    def keep(sender: str, speaks_for: str) -> None:
        decided[sender] = speaks_for
        click.echo(f"    {masked(sender)}: {_shown(speaks_for, people)}")
        with app.database.transaction() as session:
            state.keep_sender(session, chat=export.name, sender=sender, speaks_for=speaks_for)

    for sender in names:
        speaks_for = _wanted(wanted, sender, people)
        if speaks_for is None and sender not in decided:
            speaks_for = _sure(export, sender, people)
        if speaks_for is not None:
            keep(sender, speaks_for)
    for sender in names:
        if sender in decided:
            continue
        guess = who.other_side(decided, sender, names) or _guess(export, sender, people)
        if guess is not None and guess.by is Told.REMAINS:
            keep(sender, guess.speaks_for)
            continue
        answered = _ask(asker, export, sender, guess, people)
        if answered is not None:
            keep(sender, answered)


def _guess(export: ChatExport, sender: str, people: Known) -> Guess | None:
    others = [other for other in export.senders if other != sender]
    return who.guess(sender, chat=export.name, others=others, known=people)


def _sure(export: ChatExport, sender: str, people: Known) -> str | None:
    guess = _guess(export, sender, people)
    return guess.speaks_for if guess is not None and guess.sure else None


def _wanted(wanted: Mapping[str, str], sender: str, people: Known) -> str | None:
    """What the command says of this sender. Raises UsageError for what is no customer."""
    said = wanted.get(sender, wanted.get(masked(sender)))
    if said is None:
        return None
    speaks_for = who.valid(said, people)
    if speaks_for is None:
        raise click.UsageError(f"--sender {masked(sender)}: there is no customer {said}. Give {HELP}")
    return speaks_for


def _ask(asker: Asker, export: ChatExport, sender: str, guess: Guess | None, people: Known) -> str | None:
    """What somebody says; None when nobody is there to be asked: it is asked the next time."""
    count = export.senders[sender]
    if asker.silent:
        told = f"seems to speak for {_shown(guess.speaks_for, people)} ({guess.by.value})" if guess else "is not known"
        click.echo(f"    {masked(sender)} ({count} messages) {told}: left out, say --sender '{masked(sender)}=CODE'")
        return None
    default = guess.speaks_for if guess else "-"
    question = f"    {masked(sender)} ({count} messages) speaks for"
    if guess:
        question += f" {_shown(guess.speaks_for, people)}?"
    return asker.ask(question, default=default, valid=lambda answer: _answer(answer, people), remedy=f"Give {HELP}.")


def _answer(answer: str, people: Known) -> str | None:
    exact = who.valid(answer, people)
    if exact is not None:
        return exact
    found = people.firms_like(answer)
    if len(found) == 1:
        return found[0].code
    for firm in found:
        click.echo(f"      {firm.code} {firm.name}, {firm.city}")
    return None


def _shown(speaks_for: str, people: Known) -> str:
    if speaks_for in (OURS, REP):
        return speaks_for
    if speaks_for == NOBODY:
        return "left out"
    firms = [people.firm(code) for code in speaks_for.split(who.SEVERAL)]
    return "; ".join(f"{firm.code} {firm.name}" for firm in firms if firm is not None)


# --- what comes of them ---


def customers_of(
    app: Munshi, given: Iterable[Given], *, progress: Progress | None = None, spared: Spared | None = None
) -> list[OfCustomer]:
    """The days of all customers of these chats, beside what was keyed."""
    with app.database.transaction() as session:
        catalogue = app.catalogues.current(session)
    texts = by_party(((one.export, one.senders) for one in given), catalogue)
    return list(compared(app, texts, progress=progress, spared=spared))


def described(given: Given) -> dict[str, Any]:
    """A chat as the report tells it."""
    export = given.export
    return {
        "name": masked(export.name),
        "messages": len(export.messages),
        "first": export.messages[0].sent_at.date().isoformat() if export.messages else "",
        "last": export.messages[-1].sent_at.date().isoformat() if export.messages else "",
        "dates": export.order.value,
        "ambiguous": export.ambiguous,
        "problems": [str(problem) for problem in export.problems],
        "senders": [
            {"sender": masked(sender), "messages": count, "speaks_for": given.senders.get(sender)}
            for sender, count in export.senders.items()
        ],
    }
