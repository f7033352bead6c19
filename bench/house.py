"""The processes of a measurement: the product under its own parent, and Twilio's stand-in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import requests

from bench.machine import ROOT, free_port, quiet_environment
from store.server import Server

ACCOUNT, TOKEN, NUMBER = "AC" + "1" * 32, "token-of-the-bench", "whatsapp:+14155550100"
READY_WITHIN = 600.0
LAST_LISTINGS = ("aliases", "history", "orders")
PULLED = "SELECT count(*) FROM mirror_state WHERE pulled_at IS NOT NULL AND kind IN ('aliases', 'history', 'orders')"


class House:
    """Web, worker, clock and database as `python wsgi.py` starts them; messages come and go through the stand-in."""

    def __init__(self, folder: Path, plant: Path, *, program: Sequence[str] = ("wsgi.py",)) -> None:
        self.folder, self.plant = folder, plant
        self.web_url = f"http://127.0.0.1:{free_port()}"
        self._log = (folder / "product.log").open("wb")
        self._twilio = self._start_twilio()
        assert self._twilio.stdout is not None
        self.twilio_url = self._twilio.stdout.readline().strip()
        self.parent = subprocess.Popen(
            [sys.executable, *program], cwd=ROOT, env=self._environment(), stdout=self._log, stderr=self._log
        )

    def _start_twilio(self) -> subprocess.Popen[str]:
        options = {"account": ACCOUNT, "token": TOKEN, "number": NUMBER, "webhook": f"{self.web_url}/webhooks/twilio"}
        command = [sys.executable, "-m", "tests.faults.twilio_stand_in", "--options", json.dumps(options)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def _environment(self) -> dict[str, str]:
        return {
            **quiet_environment(),
            "MUNSHI_VAR": str(self.folder / "var"),
            "PORT": self.web_url.rpartition(":")[2],
            "PUBLIC_URL": self.web_url,
            "WHATSAPP_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": NUMBER,
            "TWILIO_API_URL": self.twilio_url,
            "ERP_URL": f"files:{self.plant}",
            "FILES_ANSWER": "self",
            "DIGEST_AT": "off",
            "SECRET_KEY": "k" * 40,
            "LOG_FORMAT": "json",
        }

    def wait_until_ready(self) -> float:
        """How many seconds until everything was there, the first pull included."""
        started = time.monotonic()
        while time.monotonic() - started < READY_WITHIN:
            if self.parent.poll() is not None:
                raise RuntimeError(f"the product ended while starting; see {self.folder}/product.log")
            try:
                ready = requests.get(f"{self.web_url}/readyz", timeout=5).status_code == requests.codes.ok
                if ready and self._pulled():
                    return time.monotonic() - started
            except requests.RequestException:
                pass
            time.sleep(0.5)
        raise RuntimeError(f"not ready within {READY_WITHIN:.0f} s; see {self.folder}/product.log")

    def _pulled(self) -> bool:
        """Whether the last listings are in too: what is still being pulled would slow what is measured."""
        with psycopg.connect(Server(self.folder / "var").url) as connection:
            count = connection.execute(PULLED).fetchone()
        return count is not None and count[0] == len(LAST_LISTINGS)

    def say(self, data: Mapping[str, Any], session: requests.Session) -> str:
        answer = session.post(f"{self.twilio_url}/stand-in/say", json={"copies": 1, **data}, timeout=30)
        return str(answer.json()["sid"])

    def feed(self, after: int, wait: float, session: requests.Session) -> tuple[list[dict[str, Any]], int]:
        query = {"after": str(after), "wait": str(wait), "kinds": "message,webhook,failed,refused"}
        answer = session.get(f"{self.twilio_url}/stand-in/feed", params=query, timeout=30).json()
        return list(answer["events"]), int(answer["next"])

    def stop(self) -> None:
        if self.parent.poll() is None:
            self.parent.send_signal(signal.SIGTERM)
        try:
            self.parent.wait(20)
        except subprocess.TimeoutExpired:
            os.kill(self.parent.pid, signal.SIGKILL)
            self.parent.wait()
        self._log.close()
        self._twilio.terminate()
        self._twilio.wait(10)
        if self._twilio.stdout is not None:
            self._twilio.stdout.close()
