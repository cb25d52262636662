"""What 50 screens on one line cost the server's process, while the line changes ten times a second.

At the speed of life a line of gearboxes changes every few seconds; the play is quickened until
what the clients watch changes about as often as the server tells at most.
"""

import tempfile
from pathlib import Path

from benchmarks.measure import Claim, note
from benchmarks.web.stand import CORRIDOR, LINE, Stand
from benchmarks.web.watching_load import measured

__all__ = ["measure_load"]

CLIENTS = 50
SECONDS = 20.0
QUICK_SECONDS = 10.0
SPEED = "20"
WARM_S = 90.0

CHANGES_MIN = 5.0
"""Messages of the line to each client in a second below which the load is not what is claimed."""

BEAT_S = 2.0
"""Longest time between two beats that a client may see: then nothing piles up."""


def measure_load(*, quick: bool) -> list[Claim]:
    """Let 50 clients watch corridor's line, and count the processor time of the server."""
    with (
        tempfile.TemporaryDirectory(prefix="linewright-") as name,
        Stand(Path(name), (*CORRIDOR, "--speed", SPEED)) as stand,
    ):
        stand.wait_until(lambda: _is_heard(stand), "the line is heard", WARM_S)
        seconds = QUICK_SECONDS if quick else SECONDS
        found = measured(stand.folder, LINE, CLIENTS, seconds)
    note(f"load: {found}")
    heard = found["messages_per_client_per_s"]
    changes = sum(n for kind, n in heard.items() if kind.startswith("/api/line p"))
    right = changes >= CHANGES_MIN and found["beat_s_max"] <= BEAT_S
    rows = (found | {"line_changes_per_client_per_s": changes},)
    return [
        Claim(
            name="server_cpu_50_clients_10hz",
            value=found["server_cores"],
            unit="cores",
            correct=right,
            rows=rows,
        )
    ]


def _is_heard(stand: Stand) -> bool:
    stations = stand.get("/api/line", address=LINE).get("stations", {})
    return sum(1 for each in stations.values() if each["state"] != "unknown") >= 4  # noqa: PLR2004  # half of them
