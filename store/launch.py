"""Starts a program that must not outlive its parent, as another account if need be.

As a script: `launch.py PARENT_PID UID GID PROGRAM ARGUMENTS…`, with -1 for an account that stays as it is.
"""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 1.0


def die_with_parent(parent: int, *, by: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `by` to this process when `parent` ends, however it ends.

    The thread that started this process counts as the parent: it must live as long as its process does.
    Where the kernel cannot (macOS), a thread looks every second; it does not survive an exec.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent, by), daemon=True).start()
    # It may have ended before we asked.
    if os.getppid() != parent:
        os.kill(os.getpid(), by)


def _watch(parent: int, by: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), by)


def main(arguments: list[str]) -> None:
    """Become the program."""
    parent, uid, gid = (int(argument) for argument in arguments[:3])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of account, which clears it. PostgreSQL takes SIGINT as "stop at once, in order".
    die_with_parent(parent, by=signal.SIGINT)
    os.execv(arguments[3], arguments[3:])


if __name__ == "__main__":
    main(sys.argv[1:])
