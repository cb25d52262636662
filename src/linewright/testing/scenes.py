"""Scenes: `linewright demo` played to its end in processes of its own, and what came of it.

    with Scene(folder, speed=20.0) as scene:
        case = scene.wait_for("proposed")
        scene.answer(case["id"])
        scene.wait_for("closed")
    result = scene.result(plant)

The person is played by the command `linewright confirm`; whatever else happens is the product.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

import msgspec

from linewright.bus import Bus, BusAddress, BusUnavailable
from linewright.connectors import source_of
from linewright.history import export_audit, export_records, open_history
from linewright.plant import Plant
from linewright.plant.authority import Grant
from linewright.plant.records import Ack, Case, Command, decode
from linewright.testing.accounts import Account, account_of, read_truth

__all__ = ["Result", "Scene", "SceneFailed"]

ASK_S = 0.2
"""Between two looks at the page's state."""

END_S = 40.0
"""Longest wait for all processes to end after Ctrl-C."""

STAGES = (
    "open",
    "diagnosed",
    "rehearsed",
    "proposed",
    "granted",
    "acting",
    "verifying",
    "closed",
)


class SceneFailed(AssertionError):
    """The scene did not come to where it was waited for; the tails of all logs are in it."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a scene left behind, read from its history, its truth and its audit chain."""

    cases: tuple[Case, ...]
    """All steps of all cases, in the order of their time."""
    commands: tuple[Command, ...]
    grants: tuple[Grant, ...]
    acks: tuple[Ack, ...]
    account: Account
    writes: tuple[dict[str, Any], ...]
    """What the machines say was written to them and taken."""
    fault_ns: int | None
    """When the hidden fault struck, plant time."""
    audit: tuple[str, ...]
    """Lines of the audit chain."""
    audit_file: Path
    records_file: Path

    @property
    def closed(self) -> Case | None:
        """The step that closed the first case."""
        return next((one for one in self.cases if one.stage.value == "closed"), None)

    @property
    def fault_to_closed_s(self) -> float | None:
        """Plant time from the fault to the closed case."""
        if self.closed is None or self.fault_ns is None:
            return None
        return (self.closed.t_ns - self.fault_ns) / 1e9

    @property
    def writes_outside(self) -> int:
        """Writes at the machines that no command asked for under a grant that covers it.

        Judged without `authorise`: by what the machines saw, the commands on record and the
        grants as they were given. A command covers one write.
        """
        own = [one for one in self.commands if not one.is_undo]
        acts = [one for one in own if any(_covers(each, one) for each in self.grants)]
        ids = {one.id for one in acts}
        undos = [one for one in self.commands if one.is_undo and one.undo_of in ids]
        covered = [(one.address, one.parameter, one.value) for one in (*acts, *undos)]
        outside = 0
        for write in self.writes:
            station, _, parameter = write["address"].partition("#")
            wanted = (station, parameter, write["value"])
            if wanted in covered:
                covered.remove(wanted)
            else:
                outside += 1
        return outside


def _covers(grant: Grant, command: Command) -> bool:
    return (
        grant.id == command.grant_id
        and grant.only_command in {None, command.id}
        and command.action in grant.actions
        and any(place.contains(command.address) for place in grant.addresses)
        and command.value is not None
        and any(
            limit.parameter == command.parameter and limit.allows(command.value)
            for limit in grant.limits
        )
    )


class Scene:
    """A demo that runs; started by `with`, ended by leaving it.

    Parameters
    ----------
    folder
        Empty; the data folder is made in it, beside what the demo printed.
    speed
        Plant seconds in a second.
    past
        Whether two days before are played and stored first. An account of what was shown is
        of a scene without them: the machines write down what they show, not what was before.
    more
        Further arguments of `linewright demo`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        speed: float = 20.0,
        past: bool = False,
        more: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder / "data"
        self._log = folder / "demo.log"
        self._arguments = [
            "demo",
            "--data",
            str(self.folder),
            "--port",
            "0",
            "--speed",
            f"{speed:g}",
            "--past" if past else "--no-past",
        ]
        self._arguments += more
        self._process: subprocess.Popen[bytes] | None = None
        self._grants: tuple[Grant, ...] = ()

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "linewright", *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End it as Ctrl-C does, and wait until nothing of it runs."""
        if self._process is None or self._process.poll() is not None:
            return
        if "site" in self.running():
            with contextlib.suppress(BusUnavailable, OSError):
                self._grants = asyncio.run(self._granted())
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_S)
            raise SceneFailed(self._told(f"did not end within {END_S:g} s")) from None

    async def _granted(self) -> tuple[Grant, ...]:
        """Grants as they stand on the bus."""
        site = self.running()["site"]
        address = BusAddress.read(self.folder)
        async with await Bus.connect(address, site=site, name="scene", wait_s=5.0) as bus:
            bucket = await bus.bucket("grants")
            keys = [key for key in await bucket.keys() if key.startswith("grant.")]
            found = [await bucket.get(key) for key in keys]
        return tuple(decode(data, Grant) for data in found if data is not None)

    def running(self) -> dict[str, Any]:
        """What `up.json` says; empty while there is none."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "up.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    def state(self) -> dict[str, Any]:
        """What the page shows; empty while nobody answers."""
        running = self.running()
        url = str(running.get("url", "")).rstrip("/")
        if not url:
            return {}
        known = {"authorization": f"Bearer {running.get('key', '')}"}
        asked = urllib.request.Request(f"{url}/api/state", headers=known)  # noqa: S310  # ours
        try:
            with urllib.request.urlopen(asked, timeout=5) as reply:  # noqa: S310  # ours
                found: dict[str, Any] = json.load(reply)
        except (OSError, ValueError):
            return {}
        return found

    def wait_for(self, stage: str, wait_s: float = 120.0) -> dict[str, Any]:
        """Wait until a case has come to a stage or beyond; returns it as the page shows it.

        Raises
        ------
        SceneFailed
            It did not come in time, or the demo ended.
        """
        wanted = STAGES.index(stage)
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            cases = self.state().get("cases", [])
            for case in reversed(cases):
                if STAGES.index(case["stage"]) >= wanted:
                    return dict(case)
            if self._process is not None and self._process.poll() is not None:
                raise SceneFailed(self._told(f"ended before a case was {stage}"))
            time.sleep(ASK_S)
        raise SceneFailed(self._told(f"no case was {stage} within {wait_s:g} s"))

    def wait_for_data(self, wait_s: float = 60.0) -> dict[str, Any]:
        """Wait until every station of the line has a state; returns the line.

        Raises
        ------
        SceneFailed
            It did not come in time.
        """
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            lines = self.state().get("lines", [])
            if lines and all(each["state"] != "unknown" for each in lines[0]["stations"]):
                return dict(lines[0])
            time.sleep(ASK_S)
        raise SceneFailed(self._told(f"not every station had a state within {wait_s:g} s"))

    def answer(self, case: str, *, refuse: bool = False) -> str:
        """Answer a proposal as a person does at a terminal; returns what the command printed."""
        more = ["--refuse"] if refuse else []
        done = subprocess.run(  # noqa: S603  # our own command
            [
                *(sys.executable, "-m", "linewright", "confirm", case),
                *("--data", str(self.folder), "--yes", *more),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise SceneFailed(self._told(f"confirm failed: {done.stdout}{done.stderr}"))
        return done.stdout

    def answer_until_taken(self, case: str, wait_s: float = 30.0) -> str:
        """Answer a proposal as a person does who tries again while the server is away.

        Raises
        ------
        SceneFailed
            It was not taken in time.
        """
        until = time.monotonic() + wait_s
        while True:
            try:
                return self.answer(case)
            except SceneFailed:
                if time.monotonic() > until:
                    raise
                time.sleep(ASK_S)

    def post(self, path: str) -> int:
        """Do at the page what a route does, with its key; returns the HTTP status."""
        running = self.running()
        request = urllib.request.Request(  # noqa: S310  # ours
            f"{running['url'].rstrip('/')}{path}",
            method="POST",
            headers={"authorization": f"Bearer {running['key']}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310  # ours
                return int(reply.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def kill(self, service: str) -> int:
        """Kill one process of it with SIGKILL; returns the id that it had.

        Raises
        ------
        SceneFailed
            There is no such process.
        """
        pid = self.running().get("pids", {}).get(service)
        if pid is None:
            raise SceneFailed(self._told(f"{service} does not run"))
        os.kill(int(pid), signal.SIGKILL)
        return int(pid)

    def result(self, plant: Plant) -> Result:
        """What it left behind, told with the plant that it played; only after its end."""
        sources = {str(address): source_of(plant, address) for address, _ in plant.stations()}
        folder = self.folder / "history"
        audit_file, records_file = self.folder / "audit.jsonl", self.folder / "records.jsonl"
        export_audit(folder, audit_file)
        export_records(folder, records_file)
        truth = self.folder / "emulate" / "truth.jsonl"
        _, events = read_truth(truth)
        with open_history(folder) as history:
            cases = [one for one in history.records("case") if isinstance(one, Case)]
            cases.sort(key=lambda one: (one.t_ns, STAGES.index(one.stage.value)))
            commands = [one for one in history.records("command") if isinstance(one, Command)]
            return Result(
                cases=tuple(cases),
                commands=tuple(commands),
                grants=self._grants,
                acks=tuple(one for one in history.records("ack") if isinstance(one, Ack)),
                account=account_of(truth, history, sources),
                writes=tuple(
                    one
                    for one in events
                    if one["event"] == "command.written" and one.get("status") == "Good"
                ),
                fault_ns=next((one["t_ns"] for one in events if one.get("happens")), None),
                audit=tuple(line.decode() for line in history.audit()),
                audit_file=audit_file,
                records_file=records_file,
            )

    def _told(self, what: str) -> str:
        """What went wrong, and the end of every log."""
        logs = [self._log, *sorted((self.folder / "logs").glob("*.log"))]
        tails = [
            f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}"
            for log in logs
            if log.exists()
        ]
        return "\n".join([f"the scene {what}", *tails])
