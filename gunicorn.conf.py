"""How gunicorn serves Munshi: a few processes with many threads each, tied to the parent if there is one."""

import os
import sys

from store.launch import die_with_parent
from web.child import attach

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"[{_host}]:{os.environ.get('PORT', '8000')}" if ":" in _host else f"{_host}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16
# What is wrong with the settings is said once, by the master, and the code's memory is shared.
preload_app = True
timeout = 30
graceful_timeout = 5
keepalive = 5
# Nobody steers it through a socket in his home folder.
control_socket_disable = True
accesslog = None
loglevel = "warning"

attach()


def post_fork(server: object, worker: object) -> None:  # noqa: ARG001
    """A worker ends with its master."""
    die_with_parent(os.getppid())


def worker_exit(server: object, worker: object) -> None:  # noqa: ARG001
    """Everything is answered: taking the interpreter down in order would only cost a second."""
    if getattr(worker, "booted", False):
        sys.stdout.flush()
        os._exit(0)
