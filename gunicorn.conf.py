"""How gunicorn serves Munshi: a few processes with many threads each, tied to the parent if there is one."""

import os

from store.launch import die_with_parent
from web.child import attach

_host = os.environ.get("HOST", "127.0.0.1")
bind = (
    f"[{_host}]:{os.environ.get('PORT', '8000')}"
    if ":" in _host
    else f"{_host}:{os.environ.get('PORT', '8000')}"
)
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16
# What is wrong with the settings is said once, by the master, and the code's memory is shared.
preload_app = True
timeout = 30
graceful_timeout = 5
keepalive = 5
accesslog = None
loglevel = "warning"

attach()


def post_fork(server: object, worker: object) -> None:  # noqa: ARG001
    """A worker ends with its master."""
    die_with_parent(os.getppid())
