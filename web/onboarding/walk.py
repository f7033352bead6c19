"""The steps of `onboard` as they run in a terminal; each is kept as soon as it is done, and says what it found."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from bot.app import Munshi
from bot.onboarding import learning, looks, state
from bot.onboarding.shadow import shadow_run
from bot.onboarding.state import TITLES, Step
from bot.pull import pull
from erp import mirror
from erp.port import ErpError
from erp.pull import first_pull_done
from orders import aliases
from orders.comparison import Verdict
from people.model import Party
from web.onboarding import chats as chat_step
from web.onboarding.asking import Asker, end_of_line, progress, rows_so_far

MOST_SAID = 8
NO = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What the command was given."""

    chats: Sequence[Path] = ()
    senders: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    accept: int | None = None
    """Let names from chats match that were seen on so many days."""
    accept_history: int | None = None
    by: str = "command line"


class StepFailed(Exception):  # noqa: N818
    """A step cannot be finished; says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """One run over the steps."""

    app: Munshi
    asker: Asker
    wishes: Wishes

    def run(self, steps: Iterable[Step]) -> None:
        """Run these steps in order. Raises StepFailed; what is done by then stays done, what came to nothing is not."""
        every = list(Step)
        for step in steps:
            click.echo(f"\n[{every.index(step) + 1}/{len(every)}] {TITLES[step]}")
            outcome = _RUNS[step](self)
            if outcome:
                with self.app.database.transaction() as session:
                    state.keep(session, step, outcome, by=self.wishes.by)


def _erp(walk: Walk) -> Mapping[str, Any]:
    try:
        pull(walk.app, progress=rows_so_far)
        end_of_line()
    except ErpError as error:
        end_of_line()
        with walk.app.database.transaction() as session:
            there = all(first_pull_done(session, erp) for erp in walk.app.erps)
        click.echo(f"  The ERP could not be read: {error}")
        if not (there and walk.asker.agree("  Go on with what was pulled before?", default=False)):
            raise StepFailed("See ERP_URL and what stands beside it in `flask --app wsgi check`.") from error
    with walk.app.database.transaction() as session:
        outcome = looks.erp_outcome(walk.app, session)
    for finding in outcome["findings"]:
        if finding["level"] == "error":
            click.echo(f"  FAIL {finding['subject']}: {finding['text']}; {finding['remedy']}")
    for listing in outcome["listings"]:
        bad = f", {listing['bad']} could not be used" if listing["bad"] else ""
        kept = ", the previous state is kept" if listing["kept_previous"] else ""
        click.echo(f"  {listing['kind']}: {listing['rows']} rows{bad}{kept}")
    return outcome


def _data(walk: Walk) -> Mapping[str, Any]:
    with walk.app.database.transaction() as session:
        outcome = looks.data_outcome(walk.app, session)
    _some([f"{one['place']}: {one['text']}. {one['remedy']}" for one in outcome["unusable"]], "rows with a problem")
    for kind, count in Counter(gap["kind"] for gap in outcome["gaps"]).items():
        click.echo(f"  {count} {kind}")
    if not outcome["gaps"] and not outcome["unusable"]:
        click.echo("  Nothing is missing.")
    return outcome


def _history(walk: Walk) -> Mapping[str, Any]:
    found = learning.names_from_history(walk.app, progress=progress("names"))
    with walk.app.database.transaction() as session:
        told = learning.propose_from_history(session, found)
    click.echo(f"  {len(told)} names that past orders settle and that are asked about today")
    for one in told[:MOST_SAID]:
        click.echo(f"    “{one['phrase']}” {_whose(one)} → {one['sku']}: {one['times']} of {one['of']} orders")
    accepted = _accept(walk, told, walk.wishes.accept_history, "orders", step=Step.HISTORY)
    return {"proposals": told, "accepted": accepted}


def _chats(walk: Walk) -> Mapping[str, Any]:
    wishes = walk.wishes
    given = chat_step.take_in(walk.app, walk.asker, wishes.chats, dates=wishes.dates, senders=wishes.senders)
    if not given:
        click.echo("  No chat was given, so there is nothing to learn from; later: --chat FILE.")
        return {}
    with walk.app.database.transaction() as session:
        before = state.outcome_of(session, Step.CHATS).get("proposals", [])
    customers = chat_step.customers_of(walk.app, given, progress=progress("messages"), spared=learning.none_of(before))
    with walk.app.database.transaction() as session:
        made = {item.sku: item.name for item in mirror.all_items(session) if item.active}
        weighed, new = learning.propose_from_chats(session, learning.lessons_of(customers, made))
    outcome = learning.as_outcome(weighed, made)
    days = sum(len(of.ordering) for of in customers)
    beside = sum(len({one.day for one in of.comparison.lines if one.line.keyed} & of.ordering) for of in customers)
    click.echo(f"  {days} days with an order in a chat, {beside} of them with one in the ERP")
    seen, odd = len(outcome["too_seldom"]), len(outcome["conflicts"])
    click.echo(f"  {len(outcome['proposals'])} names proposed ({new} of them new), {seen} seen once, {odd} in conflict")
    for one in outcome["proposals"][:MOST_SAID]:
        last = one["lessons"][0]
        click.echo(f"    “{one['phrase']}” {_whose(one)} → {one['sku']}: {one['times']} days")
        click.echo(f"      {last['day']} “{last['said']}” was keyed as {last['keyed']}")
    accepted = _accept(walk, outcome["proposals"], wishes.accept, "days", step=Step.CHATS)
    described = [chat_step.described(one) for one in given]
    return {**outcome, "chats": described, "days": days, "beside": beside, "accepted": accepted}


def _whose(one: Mapping[str, Any]) -> str:
    return str(one["customer"]) or "everyone"


def _accept(walk: Walk, told: Sequence[Mapping[str, Any]], wanted: int | None, of: str, *, step: Step) -> int:
    """Let names match that were seen so often, if somebody says so; the others wait on the page Aliases."""
    with walk.app.database.transaction() as session:
        before = state.outcome_of(session, step).get("accepted", 0)
        waiting = len(learning.waiting(session, told, least=1))
    if not waiting:
        return int(before)
    least: int | None = wanted
    if wanted is None:
        counts = ", ".join(f"{count} from {n} on" for n, count in _at_least(told).items())
        click.echo(f"  {waiting} wait for a yes ({of}: {counts}). What is not accepted here waits on the page Aliases.")
        question = f"  Accept those seen in how many {of} at least (a number), or {NO}?"
        answer = walk.asker.ask(
            question, default=NO, valid=_number_or_no, remedy=f"Answer a number such as 3, or {NO}."
        )
        least = None if answer == NO else int(answer)
    if least is None:
        return int(before)
    with walk.app.database.transaction() as session:
        done = aliases.approve(session, learning.waiting(session, told, least=least), by=walk.wishes.by)
    click.echo(f"  {len(done)} accepted; they can be undone on the page Aliases.")
    return int(before) + len(done)


def _at_least(told: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    steps = sorted({min(one["times"], 10) for one in told})[:5]
    return {least: sum(one["times"] >= least for one in told) for least in steps}


def _number_or_no(answer: str) -> str | None:
    folded = answer.casefold()
    if folded in (NO, "n"):
        return NO
    return folded if folded.isdecimal() and int(folded) > 0 else None


def _people(walk: Walk) -> Mapping[str, Any]:
    with walk.app.database.transaction() as session:
        outcome = looks.people_outcome(walk.app, session)
    _some([f"{one['place']}: {one['text']}. {one['remedy']}" for one in outcome["without_phone"]], "rows not taken")
    _some([f"{one['code']} {one['name']}" for one in outcome["customers"]], "customers without a phone")
    for why, count in Counter(one["why"] for one in outcome["staff"]).items():
        click.echo(f"  {count} staff: {why}")
    nobody = [one for one in outcome["functions"] if not one["elsewhere"]]
    _some([f"{one['function']} of {one['plant'] or 'the plant'}" for one in nobody], "functions nobody is reached for")
    instead = [one for one in outcome["functions"] if one["elsewhere"]]
    _some([f"{one['function']} of {one['plant'] or 'the plant'}" for one in instead], "functions filled from elsewhere")
    if not any(outcome.values()):
        click.echo("  Everybody is reached.")
    return outcome


def _shadow(walk: Walk) -> Mapping[str, Any]:
    given = chat_step.known(walk.app)
    if not given:
        click.echo("  No chat was given, so there is nothing to run on; later: --chat FILE.")
        return {}
    with walk.app.database.transaction() as session:
        told = state.outcome_of(session, Step.CHATS).get("proposals", [])
        names = {party.code: party.name for party in session.scalars(select(Party))}
    spared = learning.not_of_that_day(told)
    customers = chat_step.customers_of(walk.app, given, progress=progress("messages"), spared=spared)
    outcome = shadow_run(customers, names)
    total = Counter({verdict: sum(one[verdict] for one in outcome["customers"]) for verdict in Verdict})
    lines = total.total() or 1
    shares = ", ".join(f"{verdict} {total[verdict]} ({100 * total[verdict] / lines:.0f} %)" for verdict in Verdict)
    click.echo(f"  {total.total()} lines of {sum(one['days'] for one in outcome['customers'])} days: {shares}")
    for day in outcome["worst"][:3]:
        click.echo(f"    {day['day']} {day['code']} {day['name']} ({day['place']})")
        for line in day["lines"]:
            if line["verdict"] != Verdict.RIGHT:
                click.echo(f"      {line['verdict']}: {line['said'] or '–'} → {line['read'] or '–'}; {_keyed(line)}")
    return outcome


def _keyed(line: Mapping[str, str]) -> str:
    return f"keyed {line['keyed']} ({line['reason']})" if line["keyed"] else line["reason"]


def _some(lines: Sequence[str], what: str) -> None:
    if not lines:
        return
    click.echo(f"  {len(lines)} {what}")
    for line in lines[:MOST_SAID]:
        click.echo(f"    {line}")
    if len(lines) > MOST_SAID:
        click.echo("    and more: see the report")


_RUNS: Mapping[Step, Callable[[Walk], Mapping[str, Any]]] = {
    Step.ERP: _erp,
    Step.DATA: _data,
    Step.HISTORY: _history,
    Step.CHATS: _chats,
    Step.PEOPLE: _people,
    Step.SHADOW: _shadow,
}
