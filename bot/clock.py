"""The duties: what is looked for again and again. A second clock finds nothing left to do."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot import (
    alarms,
    approving,
    desk_waiting,
    digest,
    dispatch_news,
    leakage_digest,
    listing,
    mailing,
    plant_digest,
    posted,
    pull,
    reminders,
    retention,
    settling,
    take_over,
    templates,
    unanswered,
    waiting,
)
from bot.app import Munshi
from erp import outbox
from orders.wrong_posts import note_wrong_posts
from store.nightly import back_up_tonight
from store.queue import SWEEP_EVERY, sweep

log = structlog.get_logger()

Duty = Callable[[Munshi], object]


def _sweep(app: Munshi) -> int:
    return sweep(app.database)


def _wake_documents(app: Munshi) -> int:
    with app.database.transaction() as session:
        return outbox.wake(session)


def _collect_results(app: Munshi) -> int:
    return outbox.collect_results(app.database, app.erps)


def _back_up(app: Munshi) -> bool:
    return app.nights is not None and back_up_tonight(app.database, app.nights)


def _note_wrong_posts(app: Munshi) -> int:
    with app.database.transaction() as session:
        return note_wrong_posts(session)


DUTIES: dict[str, tuple[Duty, timedelta]] = {
    "sweep": (_sweep, SWEEP_EVERY),
    "wake_documents": (_wake_documents, timedelta(seconds=1)),
    "collect_results": (_collect_results, timedelta(seconds=1)),
    "late_results": (posted.late_results, timedelta(seconds=30)),
    "read_back": (posted.read_back_due, timedelta(seconds=1)),
    "pull": (pull.pull_changes, timedelta(seconds=2)),
    "post_unanswered": (unanswered.post_unanswered, timedelta(seconds=2)),
    "remind": (reminders.remind, timedelta(seconds=15)),
    "hand_back_idle": (take_over.end_idle, timedelta(seconds=30)),
    "tell_waiting": (desk_waiting.tell_waiting, timedelta(seconds=30)),
    "tell_dispatches": (dispatch_news.tell_dispatches, timedelta(seconds=30)),
    "tend_asks": (approving.tend, timedelta(seconds=15)),
    "tell_asked": (approving.tell_asked, timedelta(seconds=15)),
    "tell_kept": (digest.tell_kept, timedelta(seconds=15)),
    "settle_sending": (settling.settle, timedelta(seconds=10)),
    "release_waiting": (waiting.release, timedelta(seconds=30)),
    "take_missing": (listing.take_missing, timedelta(minutes=3)),
    "look_at_mail": (mailing.look, timedelta(minutes=1)),
    "learn_approvals": (templates.learn, timedelta(minutes=5)),
    "forget_old": (retention.forget_old, timedelta(minutes=10)),
    "probe": (alarms.probe, timedelta(minutes=1)),
    "watch": (alarms.watch, timedelta(seconds=15)),
    "tell_plants": (plant_digest.tell_plants, timedelta(seconds=30)),
    "tell_leakage": (leakage_digest.tell_leakage, timedelta(minutes=1)),
    "note_wrong_posts": (_note_wrong_posts, timedelta(minutes=5)),
    "back_up": (_back_up, timedelta(minutes=1)),
}
"""Name → what is done, and how often."""


def run_duty(app: Munshi, name: str) -> None:
    """One run of a duty; what goes wrong is logged, and the next run looks again."""
    duty, _ = DUTIES[name]
    try:
        done = duty(app)
    except Exception:  # a duty's edge: it is run again anyway
        log.exception("duty_failed", duty=name)
        return
    if done:
        log.info("duty_done", duty=name, count=done)


def run(app: Munshi, stop: Event, *, beat: Callable[[], None] = lambda: None) -> None:
    """Run the duties until told to stop; `beat` is called every second."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(max_workers=len(DUTIES))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for name, (_, every) in DUTIES.items():
        scheduler.add_job(run_duty, "interval", args=[app, name], seconds=every.total_seconds(), id=name)
    scheduler.start()
    try:
        while not stop.wait(1):
            beat()
    finally:
        scheduler.shutdown(wait=False)
