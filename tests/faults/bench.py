"""A machine of others, a relay before it, a plant that is up, and what comes of a fault there.

    with Bench(tmp_path, "frozen", variables=300) as bench:
        with bench.silence():
            bench.machine.freeze()
            ...
    bench.in_order()

Each case leaves one line of JSON in the folder that `LINEWRIGHT_FAULTS_OUT` names, so that the
benchmark can sum them up.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from linewright.testing.accounts import Account
from linewright.testing.relay import Relay
from tests.foreign.peers import NodeOpcua
from tests.foreign.standing import Stand

STATION = "m1"
RED_S = 3.0
"""Longest time that a dead link may look alive."""

DRAIN_S = 4.0
"""How long what was shown last may be on its way to the history."""

BACK_S = 60.0


class Bench:
    """One machine and a plant that reads it; `settings` are those of `node_opcua_server.js`.

    A case that loses values on purpose writes its own line, if any: `is_kept=False`.
    """

    def __init__(
        self,
        folder: Path,
        case: str,
        *,
        connect: Mapping[str, Any] | None = None,
        tag: Mapping[str, Any] | None = None,
        is_relayed: bool = False,
        is_kept: bool = True,
        **settings: Any,  # noqa: ANN401 - as JSON
    ) -> None:
        self.case = case
        self.reds_s: list[float] = []
        """Seconds from each silence until the link was told as lost."""
        self.account = Account()
        self.gap_s = 0.0
        self.machine = NodeOpcua(folder, **{"variables": 300, "per_s": 2, **settings})
        self.relay = Relay("127.0.0.1", self.machine.port) if is_relayed else None
        self._folder = folder
        self._connect = dict(connect or {})
        self._tag = tag
        self._is_kept = is_kept

    def __enter__(self) -> Self:
        self.machine.start().ready()
        if self.relay is not None:
            self.relay.__enter__()
            self._connect["opcua"] = f"opc.tcp://127.0.0.1:{self.relay.port}"
        connect = {STATION: self._connect}
        self.stand = Stand(self._folder, {STATION: self.machine}, connect=connect, tag=self._tag)
        self.stand.__enter__()
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        try:
            if failed is None:
                self._quiet()
            self.stand.__exit__(None, None, None)
        finally:
            if self.relay is not None:
                self.relay.__exit__(None, None, None)
            self.machine.kill()
        if failed is None:
            self._count()

    def connected(self, for_s: float = 3.0, wait_s: float = BACK_S) -> None:
        """Wait until the link is in order, and let values flow for a while."""
        self.stand.wait_for_state(STATION, "connected", wait_s)
        time.sleep(for_s)

    def silent_since(self, since_s: float) -> None:
        """Wait until the link is told as lost; the time from the silence on is kept."""
        self.stand.wait_until(lambda: self._red(since_s) is not None, 20.0, "the link is red")
        red_s = self._red(since_s)
        assert red_s is not None, "it was waited for"
        self.reds_s.append(red_s)

    def tell(self, **what: Any) -> None:  # noqa: ANN401 - as JSON
        """Change the machine while it runs."""
        self.machine.tell(what)

    def in_order(self, *, gaps_allowed: bool = True) -> None:
        """Nothing is unaccounted for, doubled, made up or of another time; red came in time."""
        found = self.account
        assert found.shown > 0, "the machine was heard"
        counts = (found.unaccounted, found.doubled, found.invented, found.differing)
        assert counts == (0, 0, 0, 0), f"{self.case}: {found}"
        assert gaps_allowed or found.in_gaps == 0, f"{self.case}: {found}"
        assert all(red_s <= RED_S for red_s in self.reds_s), f"{self.case}: red after {self.reds_s}"

    def keep(self, **more: Any) -> None:  # noqa: ANN401 - as JSON
        """Write the line of this case."""
        found = self.account
        line = {
            "case": self.case,
            "shown": found.shown,
            "in_gaps": found.in_gaps,
            "gap_s": round(self.gap_s, 3),
            "unaccounted": found.unaccounted,
            "doubled": found.doubled,
            "invented": found.invented,
            "differing": found.differing,
            "red_s": [round(red_s, 3) for red_s in self.reds_s],
            **more,
        }
        keep(line)

    def _red(self, since_s: float) -> float | None:
        return self.stand.watch.red_after(STATION, since_s)

    def _quiet(self) -> None:
        """Let the machine stand, its server alive, until all that it showed is stored."""
        if self.machine.pid:
            self.machine.tell({"pause": True})
        time.sleep(DRAIN_S)

    def _count(self) -> None:
        self.account = self.stand.account(STATION)
        with self.stand.history() as history:
            gaps = history.gaps(STATION)
        self.gap_s = sum((gap.until_ns - gap.t_ns) / 1e9 for gap in gaps)
        if self._is_kept:
            self.keep()


def keep(line: Mapping[str, Any]) -> None:
    """Write one line of JSON where the benchmark reads it, and where a person does."""
    sys.stdout.write(json.dumps(dict(line)) + "\n")
    folder = os.environ.get("LINEWRIGHT_FAULTS_OUT")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() else "_" for c in str(line["case"]))
        with Path(folder, f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(line)) + "\n")
