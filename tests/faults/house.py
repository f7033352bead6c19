"""The real processes of a run: both stand-ins, and the product under its own parent, all with short waits."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests

from store.server import Server
from tests.faults.plant import Plant, write_plant

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, TOKEN, NUMBER = "AC" + "1" * 32, "token-of-the-stand-in", "whatsapp:+14155550100"
SETTLES_IN = 3.0
READY_WITHIN = 90.0
ENDS_WITHIN = 20.0


@dataclass(kw_only=True, slots=True)
class StandIn:
    """A stand-in's process and its control address."""

    process: subprocess.Popen[str]
    url: str

    @classmethod
    def start(cls, module: str, options: Mapping[str, Any], *, host: str = "127.0.0.1") -> StandIn:
        command = [sys.executable, "-m", module, "--options", json.dumps(options), "--host", host]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        return cls(process=process, url=process.stdout.readline().strip())

    def ask(self, path: str, **query: Any) -> Any:
        return requests.get(f"{self.url}/stand-in/{path}", params=query, timeout=30).json()

    def tell(self, path: str, data: Mapping[str, Any]) -> Any:
        return requests.post(f"{self.url}/stand-in/{path}", json=data, timeout=30).json()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


class House:
    """Everything that runs. `pids` finds the product's processes by what they were started as."""

    def __init__(self, plant: Plant, *, seed: int, broken: str = "") -> None:
        # Short, since the database's socket lies below it; passable, since as root it runs as another.
        self.folder = Path(tempfile.mkdtemp(prefix="munshi-faults-"))
        self.folder.chmod(0o711)
        write_plant(plant, self.folder / "plant")
        self.web_url = f"http://127.0.0.1:{free_port()}"
        self.twilio = StandIn.start("tests.faults.twilio_stand_in", self._twilio_options(seed))
        self.erp = StandIn.start("tests.faults.erp_stand_in", self._erp_options(seed))
        self._log = (self.folder / "product.log").open("wb")
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.wsgi_under_test"],
            cwd=ROOT,
            env=self._environment(broken),
            stdout=self._log,
            stderr=self._log,
        )

    def _twilio_options(self, seed: int) -> dict[str, Any]:
        webhook = f"{self.web_url}/webhooks/twilio"
        journal = str(self.folder / "twilio.jsonl")
        given = {"account": ACCOUNT, "token": TOKEN, "number": NUMBER, "seed": seed}
        return {**given, "webhook": webhook, "journal": journal}

    def _erp_options(self, seed: int) -> dict[str, Any]:
        return {"seed": seed, "settles_in": SETTLES_IN, "journal": str(self.folder / "erp.jsonl")}

    def _environment(self, broken: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        erp = f"stand-in+{self.erp.url}/?plant={self.folder}/plant&settles={SETTLES_IN}&patience=1"
        return {
            **kept,
            "MUNSHI_VAR": str(self.folder / "var"),
            "PORT": self.web_url.rpartition(":")[2],
            "PUBLIC_URL": self.web_url,
            "WHATSAPP_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": NUMBER,
            "TWILIO_API_URL": self.twilio.url,
            "ERP_URL": f"files:{self.folder}/plant",
            "SECRET_KEY": "k" * 40,
            "DIGEST_AT": "off",
            "LEAKAGE_DAY": "off",
            "LOG_FORMAT": "json",
            "BACKUP_AT": "off",
            "FAULTS_ERP": erp,
            "FAULTS_BREAK": broken,
        }

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        last = ""
        while time.monotonic() < until:
            if self.parent.poll() is not None:
                raise RuntimeError(f"the product ended while starting: {self.log_tail()}")
            try:
                answer = requests.get(f"{self.web_url}/readyz", timeout=2)
                if answer.status_code == 200:
                    return
                last = answer.text
            except requests.RequestException as error:
                last = type(error).__name__
            time.sleep(0.2)
        raise RuntimeError(f"not ready within {READY_WITHIN:.0f} s: {last}\n{self.log_tail()}")

    def drop_inbox_key(self) -> None:
        """Take away what keeps a message that comes twice from being stored twice."""
        with psycopg.connect(Server(self.folder / "var").url, autocommit=True) as connection:
            connection.execute("ALTER TABLE inbound DROP CONSTRAINT uq_inbound_channel_sid")

    def log_tail(self) -> str:
        return "\n".join((self.folder / "product.log").read_text(errors="replace").splitlines()[-30:])

    def pids(self, kind: str) -> Sequence[int]:
        """Living processes of one kind, of those the product's parent started."""
        if kind == "postgres":
            return self._postmaster()
        found = []
        for process in psutil.Process(self.parent.pid).children(recursive=True):
            try:
                words = process.cmdline()
                if process.status() != psutil.STATUS_ZOMBIE and kind_of(words) == kind:
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def _postmaster(self) -> Sequence[int]:
        try:
            pid = int((self.folder / "var/database/postmaster.pid").read_text().split()[0])
            alive = psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, IndexError, psutil.Error):
            return []
        return [pid] if alive else []

    def stop(self) -> float:
        """End the product with SIGTERM, then the stand-ins; how many seconds the product took."""
        started = time.monotonic()
        if self.parent.poll() is None:
            self.parent.send_signal(signal.SIGTERM)
        try:
            self.parent.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(self.parent.pid).children(recursive=True):
                child.kill()
            self.parent.kill()
            self.parent.wait()
        took = time.monotonic() - started
        self._log.close()
        self.twilio.stop()
        self.erp.stop()
        return took

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def kind_of(words: Sequence[str]) -> str:
    """Which part of the product a command line starts."""
    if any("gunicorn" in word for word in words[:4]):
        return "web"
    return next((kind for kind in ("worker", "clock") if kind in words), "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
