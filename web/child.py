"""A child's side of the parent process: it dies with its parent, and says that it lives."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from store.launch import die_with_parent

PARENT = "MUNSHI_PARENT"
BEAT = "MUNSHI_BEAT_FD"


def attach(environment: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """Tie this process to the parent that started it, if one did. Returns what to call as a sign of life."""
    if PARENT in environment:
        die_with_parent(int(environment[PARENT]))
    if BEAT not in environment:
        return lambda: None
    pipe = int(environment[BEAT])
    os.set_blocking(pipe, False)

    def beat() -> None:
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(pipe, b".")

    return beat
