"""`onboard`: from the connection to the ERP to a shadow run over exported chats, step by step, in a terminal."""

import logging
from collections.abc import Sequence
from pathlib import Path

import click

from bot.app import Munshi
from bot.onboarding import state
from bot.onboarding.chat_export import DateOrder
from bot.onboarding.state import TITLES, Step
from bot.settings import FILES
from web import cli
from web.onboarding.asking import Asker, Nobody
from web.onboarding.report import write_report
from web.onboarding.walk import StepFailed, Walk, Wishes

REPORT = Path("onboarding") / "report.html"
AGAIN = "flask --app wsgi onboard"
INTERRUPTED = 130
STEPS = click.Choice([step.value for step in Step])
DATES = click.Choice([order.value for order in DateOrder])


@click.command("onboard", short_help="From the ERP's connection to a shadow run over exported chats.")
@click.option("--from", "first", type=STEPS, help="Begin with this step, done or not, and go on to the end.")
@click.option("--only", type=STEPS, help="Do this step alone.")
@click.option(
    "--chat",
    "chats",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="An exported chat (.txt or .zip), or a folder of them; may be given again.",
)
@click.option(
    "--sender", "senders", multiple=True, metavar="NAME=CODE", help="For whom a sender speaks: CODE, ours, rep or -."
)
@click.option("--dates", type=DATES, default=None, help="How the chats write dates, where they leave it open.")
@click.option("--accept", type=click.IntRange(1), help="Let names from chats match that so many days agree on.")
@click.option(
    "--accept-history", type=click.IntRange(1), help="Let names from past orders match from so many orders on."
)
@click.option("--yes", "--non-interactive", "silent", is_flag=True, help="Ask nothing: the careful answer is taken.")
@click.option("--report", "file", type=click.Path(dir_okay=False, path_type=Path), help="Where the report goes.")
@click.option("--status", is_flag=True, help="Say how far it has come, and do nothing.")
@click.option("--forget", is_flag=True, help="Forget steps and chats, and begin anew; accepted names stay.")
def onboard(
    first: str | None,
    only: str | None,
    chats: Sequence[Path],
    senders: Sequence[str],
    dates: str | None,
    accept: int | None,
    accept_history: int | None,
    file: Path | None,
    *,
    silent: bool,
    status: bool,
    forget: bool,
) -> None:
    """Walk through connection, master data, names from past orders and chats, people, and a shadow run.

    What is done is kept at once: stopped at any point, the same command goes on there. Nothing is sent to anybody, and
    no name matches before somebody accepts it, here or on the page Aliases.
    """
    wishes = Wishes(
        chats=chats,
        senders=dict(_pair(one) for one in senders),
        dates=dates or "",
        accept=accept,
        accept_history=accept_history,
        by=cli.whoever(),
    )
    ended = 0
    with cli.composed("onboard", first=True) as munshi:
        # What happens is told here step by step; a log of it beside that is for processes.
        logging.getLogger().setLevel(logging.WARNING)
        if forget:
            with munshi.database.transaction() as session:
                state.forget(session)
        if not status:
            steps = _steps(munshi, first, only, news=_news(wishes))
            ended = _walk(Walk(app=munshi, asker=Asker(silent=silent), wishes=wishes), steps)
        _say_status(munshi)
        _report(munshi, file)
    if ended:
        raise SystemExit(ended)


def _pair(given: str) -> tuple[str, str]:
    name, separator, code = given.rpartition("=")
    if not separator:
        raise click.BadParameter(f"{given}: write NAME=CODE", param_hint="--sender")
    return name.strip(), code.strip()


def _news(wishes: Wishes) -> Step | None:
    """The first step that something new was said for."""
    if wishes.accept_history:
        return Step.HISTORY
    return Step.CHATS if wishes.chats or wishes.senders or wishes.dates or wishes.accept else None


def _steps(munshi: Munshi, first: str | None, only: str | None, *, news: Step | None) -> list[Step]:
    """Those asked for; else from the first that is not done, or that something new was said for."""
    every = list(Step)
    if only:
        return [Step(only)]
    if first:
        return every[every.index(Step(first)) :]
    with munshi.database.transaction() as session:
        done = state.done(session)
    due = [step for step in every if step not in done or step is news]
    return every[every.index(due[0]) :] if due else []


def _walk(walk: Walk, steps: Sequence[Step]) -> int:
    """Run them; the exit status. Stopped or failed, what is done by then stays done, and is in the report."""
    try:
        walk.run(steps)
    except StepFailed as failed:
        click.echo(f"\n{failed} What was done is kept; go on with: {AGAIN}", err=True)
        return 1
    except (KeyboardInterrupt, Nobody):
        click.echo(f"\nStopped. What was done is kept; go on with: {AGAIN}", err=True)
        return INTERRUPTED
    return 0


def _say_status(munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        done = state.done(session)
    click.echo()
    for step, title in TITLES.items():
        when = f"done {done[step].done_at:%Y-%m-%d %H:%M} UTC" if step in done else "not yet"
        click.echo(f"  {step.value:<8} {title:<26} {when}")
    click.echo(f"Repeat a step and what follows with: {AGAIN} --from STEP")


def _report(munshi: Munshi, file: Path | None) -> None:
    target = file or munshi.settings.munshi_var / REPORT
    with munshi.database.transaction() as session:
        done = state.done(session)
    at = f"{munshi.clock.now().astimezone(munshi.settings.zone):%d %b %Y %H:%M}"
    try:
        written = write_report(target, done, company=_company(munshi), at=at)
    except OSError as error:
        raise click.ClickException(
            f"The report cannot be written: {error}. Give another place with --report"
        ) from error
    click.echo(
        f"Report: {written[0]}" + (f" (and {', '.join(one.name for one in written[1:])})" if written[1:] else "")
    )


def _company(munshi: Munshi) -> str:
    """The ERP's address without who signs in to it."""
    return munshi.settings.erp_url.rpartition("@")[2].removeprefix(FILES).rstrip("/").rpartition("/")[2]


COMMANDS = (onboard,)
