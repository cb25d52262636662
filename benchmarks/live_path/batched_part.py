"""Batched samples end to end: published, acknowledged, in the history, once."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.live_path.stand import Stand
from benchmarks.measure import Claim, note
from linewright.history import open_history

QUICK, FULL = 2_000_000, 10_000_000
"""Samples that are sent."""

STORE_S = 120.0
"""Longest wait for the last sample to be in the history."""

LOOK_S = 0.1

PLANT = """
linewright: 1
enterprise: bench
sites: {bench: {timezone: America/Chicago, currency: USD, areas: {}}}
"""


def measure_batches(*, quick: bool) -> list[Claim]:
    """Return the rate from the first publish to the last sample that history counts."""
    samples = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="linewright-") as name:
        folder = Path(name)
        with Stand(folder, PLANT) as stand:
            stand.wait_until(lambda: stand.stored() == 0, 60.0, "the history answers")
            before = stand.cpu_s()
            command = [sys.executable, "-m", "benchmarks.live_path.batches"]
            done = subprocess.run(  # noqa: S603  # our own command
                [*command, str(stand.folder), stand.site, str(samples)],
                capture_output=True,
                text=True,
                check=True,
                timeout=600,
            )
            sent = json.loads(done.stdout)
            until_s = time.monotonic() + STORE_S
            while stand.stored() < sent["samples"] and time.monotonic() < until_s:
                time.sleep(LOOK_S)
            took_s = time.time() - sent["begun_s"]
            used = {name: cpu - before.get(name, 0.0) for name, cpu in stand.cpu_s().items()}
        with open_history(stand.folder / "history") as history:
            stored, doubled = history.counts().samples, history.doubled()
    right = stored == sent["samples"] and doubled == 0
    rate = stored / took_s
    note(
        f"batches: {stored} samples of {sent['samples']} stored, {doubled} doubled, {took_s:.1f} s;"
        f" published in {sent['ended_s'] - sent['begun_s']:.1f} s; processor time"
        f" {', '.join(f'{name} {cpu:.1f} s' for name, cpu in used.items() if round(cpu, 1))}"
    )
    return [Claim(name="batched_samples_per_s", value=rate, unit="1/s", correct=right)]
