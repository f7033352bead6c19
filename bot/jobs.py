"""Every job by its name: a few lines each, calling one use case."""

from bot import change_decided, changed_orders, credit_decided, media, posted, price_news, sending
from bot import hear as hearing
from bot.app import Munshi
from bot.papers import reading as papers
from erp import outbox
from orders.change_posting import CHANGE_POSTED_JOB
from orders.credit_releases import CHANGE_DECIDED_JOB, DECIDED_JOB
from orders.post import POSTED_JOB
from orders.price_requests import THEN as PRICE_DECIDED_JOB
from store.jobs import JobRegistry
from store.queue import Queue

jobs = JobRegistry()


@jobs.job("talk.hear", queue=Queue.TALK, attempts=5, gives_up="talk.gave_up")
def hear(app: Munshi, inbound_id: int) -> None:
    hearing.hear(app, inbound_id)


@jobs.last_word("talk.gave_up")
def hear_gave_up(app: Munshi, error: str, inbound_id: int) -> None:
    hearing.gave_up(app, error, inbound_id)


@jobs.job("media.fetch", queue=Queue.SEND, attempts=6, gives_up="media.gave_up")
def fetch_media(app: Munshi, inbound_id: int) -> None:
    media.fetch(app, inbound_id)


@jobs.last_word("media.gave_up")
def fetch_media_gave_up(app: Munshi, error: str, inbound_id: int) -> None:
    media.gave_up(app, error, inbound_id)


@jobs.job(papers.JOB, queue=Queue.READ, attempts=5, gives_up="papers.gave_up")
def read_papers(app: Munshi, inbound_id: int) -> None:
    papers.read(app, inbound_id)


@jobs.last_word("papers.gave_up")
def read_papers_gave_up(app: Munshi, error: str, inbound_id: int) -> None:
    papers.gave_up(app, error, inbound_id)


@jobs.job("send.bubble", queue=Queue.SEND, attempts=20, gives_up="job.gave_up")
def send_bubble(app: Munshi, outbound_id: str) -> None:
    sending.deliver(app, outbound_id)


@jobs.job(outbox.JOB, queue=Queue.ERP, attempts=20, gives_up="erp.gave_up")
def post_document(app: Munshi, outbox_id: int) -> None:
    outbox.deliver(app.database, app.erps, outbox_id)


@jobs.last_word("erp.gave_up")
def post_gave_up(app: Munshi, error: str, outbox_id: int) -> None:
    posted.post_gave_up(app, error, outbox_id)


@jobs.job(POSTED_JOB, queue=Queue.TALK, attempts=20, gives_up="job.gave_up")
def order_posted(app: Munshi, reference: str) -> None:
    posted.order_posted(app, reference)


@jobs.job(PRICE_DECIDED_JOB, queue=Queue.TALK, attempts=20, gives_up="job.gave_up")
def price_decided(app: Munshi, ask_id: int) -> None:
    price_news.price_decided(app, ask_id)


@jobs.job(DECIDED_JOB, queue=Queue.TALK, attempts=20, gives_up="job.gave_up")
def credit_was_decided(app: Munshi, ask_id: int) -> None:
    credit_decided.credit_decided(app, ask_id)


@jobs.job(CHANGE_DECIDED_JOB, queue=Queue.TALK, attempts=20, gives_up="job.gave_up")
def credit_of_change_was_decided(app: Munshi, ask_id: int) -> None:
    change_decided.credit_decided(app, ask_id)


@jobs.job(CHANGE_POSTED_JOB, queue=Queue.TALK, attempts=20, gives_up="job.gave_up")
def change_posted(app: Munshi, reference: str) -> None:
    changed_orders.change_posted(app, reference)


@jobs.last_word("job.gave_up")
def job_gave_up(app: Munshi, error: str, **ids: int | str) -> None:
    posted.job_gave_up(app, error, **ids)


jobs.check()
