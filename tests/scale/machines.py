"""Machines for the scale run: each with web, workers and a clock, in a network of its own where that is allowed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import requests

from store.migrate import migrate
from store.server import Server
from tests.faults.house import ACCOUNT, NUMBER, READY_WITHIN, ROOT, SETTLES_IN, TOKEN, StandIn, free_port
from tests.faults.plant import Plant, write_plant

PUBLIC = "https://munshi.example.com"
"""The one address of all machines; the stand-in brings what is sent there to whichever opens its door."""
DATABASE_PORT = 5432
MODULE = "tests.faults.wsgi_under_test"


@dataclass(kw_only=True)
class Cable:
    """A network of its own for one machine, and the cable to the rest; on loopback there is neither."""

    number: int
    name: str = ""

    @property
    def here(self) -> str:
        """The address of everything else, as the machine sees it."""
        return f"10.213.{self.number}.1" if self.name else "127.0.0.1"

    @property
    def there(self) -> str:
        """The machine's own address."""
        return f"10.213.{self.number}.2" if self.name else "127.0.0.1"

    @property
    def prefix(self) -> list[str]:
        """What a command begins with to run on the machine."""
        return ["ip", "netns", "exec", self.name] if self.name else []

    def lay(self) -> None:
        self.name = f"munshi{os.getpid()}m{self.number}"
        ours, theirs = f"mu{os.getpid() % 100000}a{self.number}", f"mu{os.getpid() % 100000}b{self.number}"
        for command in (
            f"ip netns add {self.name}",
            f"ip link add {ours} type veth peer name {theirs}",
            f"ip link set {theirs} netns {self.name}",
            f"ip addr add {self.here}/30 dev {ours}",
            f"ip link set {ours} up",
            f"ip -n {self.name} addr add {self.there}/30 dev {theirs}",
            f"ip -n {self.name} link set {theirs} up",
            f"ip -n {self.name} link set lo up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)

    def cut(self) -> None:
        """From one moment to the next nothing comes through, not even that a connection has ended."""
        if self.name:
            subprocess.run(f"ip -n {self.name} link set lo down".split(), check=False, capture_output=True)
            theirs = f"mu{os.getpid() % 100000}b{self.number}"
            subprocess.run(f"ip -n {self.name} link set {theirs} down".split(), check=False, capture_output=True)

    def take_away(self) -> None:
        if self.name:
            subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


def networks_allowed() -> bool:
    """Whether we may make networks of our own here."""
    name = f"munshi{os.getpid()}try"
    try:
        made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True).returncode == 0
        # Where namespaces may be made, the kernel may still know no virtual cables.
        cable = subprocess.run(
            ["ip", "link", "add", "muntrya", "type", "veth", "peer", "name", "muntryb"],
            check=False,
            capture_output=True,
        )
        subprocess.run(["ip", "link", "del", "muntrya"], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
    except OSError:
        return False
    return made and cable.returncode == 0


@dataclass(kw_only=True)
class Machine:
    """One web process, its workers and its clock; nobody starts again what ends."""

    cable: Cable
    port: int
    workers: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def door(self) -> str:
        return f"http://{self.cable.there}:{self.port}"

    def start(self, environment: Mapping[str, str], log: Path) -> None:
        host = "0.0.0.0" if self.cable.name else "127.0.0.1"
        given = {**environment, "HOST": host, "PORT": str(self.port), "WEB_CONCURRENCY": "1"}
        flask = [sys.executable, "-m", "flask", "--app", MODULE]
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), f"{MODULE}:app"]
        for command in (gunicorn, *[[*flask, "worker"]] * self.workers, [*flask, "clock"]):
            with log.open("ab") as output:
                self.processes.append(
                    subprocess.Popen(
                        [*self.cable.prefix, *command],
                        cwd=ROOT,
                        env=given,
                        stdout=output,
                        stderr=output,
                        start_new_session=True,
                    )
                )

    def power_cut(self) -> int:
        """The cable first, so that nobody hears of its end; how many processes were killed and seen to be gone."""
        self.cable.cut()
        return self.kill()

    def kill(self) -> int:
        """End every process; how many are gone."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for process in self.processes:
            process.wait(10)
        return sum(not psutil.pid_exists(process.pid) for process in self.processes)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + 15
        for process in self.processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Site:
    """One PostgreSQL, both stand-ins, and two machines: two webs, four workers and two clocks in all."""

    def __init__(self, plant: Plant, *, seed: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="munshi-scale-"))
        self.folder.chmod(0o711)
        self.networks = networks_allowed()
        cables = [Cable(number=number) for number in (1, 2)]
        self.machines = [Machine(cable=cable, port=free_port(), workers=2) for cable in cables]
        self._server = Server(self.folder / "var", settings={"listen_addresses": "*"} if self.networks else {})
        self._stand_ins: list[StandIn] = []
        try:
            if self.networks:
                for cable in cables:
                    cable.lay()
            self._start(plant, seed=seed)
        except BaseException:
            self.stop()
            raise

    def _start(self, plant: Plant, *, seed: int) -> None:
        write_plant(plant, self.folder / "plant")
        url = self._server.start()
        if self.networks:
            self._let_machines_in(url)
        migrate(url)
        host = "0.0.0.0" if self.networks else "127.0.0.1"
        doors = [machine.door for machine in self.machines]
        given = {"account": ACCOUNT, "token": TOKEN, "number": NUMBER, "seed": seed, "doors": doors}
        journal = {"journal": str(self.folder / "twilio.jsonl")}
        self.twilio = self._stand_in("twilio", {**given, **journal, "webhook": f"{PUBLIC}/webhooks/twilio"}, host)
        self.erp = self._stand_in("erp", {"seed": seed, "settles_in": SETTLES_IN}, host)
        for machine in self.machines:
            machine.start(self._environment(machine.cable, url), self.folder / "product.log")

    def _stand_in(self, name: str, options: Mapping[str, object], host: str) -> StandIn:
        stand_in = StandIn.start(f"tests.faults.{name}_stand_in", options, host=host)
        stand_in.url = f"http://127.0.0.1:{stand_in.url.rpartition(':')[2]}"
        self._stand_ins.append(stand_in)
        return stand_in

    def _let_machines_in(self, url: str) -> None:
        with (self._server.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.213.0.0/16 trust\n")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")

    def _environment(self, cable: Cable, url: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        twilio, erp = (f"http://{cable.here}:{one.url.rpartition(':')[2]}" for one in (self.twilio, self.erp))
        database = f"postgresql://munshi@{cable.here}:{DATABASE_PORT}/munshi" if cable.name else url
        return {
            **kept,
            "DATABASE_URL": database,
            "MUNSHI_VAR": str(self.folder / f"var{cable.number}"),
            "PUBLIC_URL": PUBLIC,
            "WHATSAPP_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": NUMBER,
            "TWILIO_API_URL": twilio,
            "ERP_URL": f"files:{self.folder}/plant",
            "SECRET_KEY": "k" * 40,
            "DIGEST_AT": "off",
            "LEAKAGE_DAY": "off",
            "LOG_FORMAT": "json",
            "FAULTS_ERP": f"stand-in+{erp}/?plant={self.folder}/plant&settles={SETTLES_IN}&patience=1",
        }

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 2 * READY_WITHIN
        waiting = list(self.machines)
        while waiting and time.monotonic() < until:
            waiting = [machine for machine in waiting if not _ready(machine.door)]
            time.sleep(0.2)
        if waiting:
            tail = (self.folder / "product.log").read_text(errors="replace").splitlines()[-20:]
            raise RuntimeError("not ready in time:\n" + "\n".join(tail))

    def stop(self) -> None:
        for machine in self.machines:
            machine.stop()
            machine.cable.take_away()
        for stand_in in self._stand_ins:
            stand_in.stop()
        self._server.stop()

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _ready(door: str) -> bool:
    try:
        return requests.get(f"{door}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def living(machines: Sequence[Machine]) -> int:
    """How many processes run on these machines."""
    return sum(process.poll() is None for machine in machines for process in machine.processes)
