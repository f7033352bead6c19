"""What a measurement stands on: where we are, free ports, and which machine this is."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def quiet_environment() -> dict[str, str]:
    """The environment without any setting of ours."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def described() -> str:
    """Which machine, and how busy others keep it: figures of a busy one are worth little."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GB, "
        f"Python {platform.python_version()}; load before we began {os.getloadavg()[0]:.1f}, "
        f"busy {psutil.cpu_percent(1.0):.0f} %"
    )
