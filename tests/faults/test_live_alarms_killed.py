"""`live` is killed with SIGKILL while alarms come: none is lost, none is doubled, none stays."""

import asyncio
import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.bus import Applied, Bus, BusAddress, NatsServer, Stream
from linewright.live.alarms import AlarmAct, AlarmNow, act, alarm_key, learn
from linewright.plant import to_text
from linewright.plant.records import Alarm, AlarmEvent, Record, decode
from tests.live.alarms.floor import heard, play, tick
from tests.live.floor import SITE, Sample, batch, bracket

pytestmark = pytest.mark.faults

FRAMES = 300
EACH_S = 0.05
KILLS = 6
WAIT_S = 60.0


class _Service:
    """`linewright run live`, killed and started again until it is to end."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self._folder = folder
        self._rng = rng
        self.kills = 0
        self._ends = threading.Event()
        self._running = self._start()
        self._killer = threading.Thread(target=self._kill_again)
        self._killer.start()

    def _start(self) -> "subprocess.Popen[bytes]":
        words = ["run", "live", "--data", str(self._folder), "--site", SITE]
        return subprocess.Popen([sys.executable, "-m", "linewright", *words])

    def _kill_again(self) -> None:
        while self.kills < KILLS and not self._ends.wait(self._rng.uniform(1.0, 3.0)):
            self._running.kill()
            self._running.wait()
            self.kills += 1
            self._running = self._start()

    def end(self) -> None:
        """Stop it for good."""
        self._ends.set()
        self._killer.join()
        self._running.terminate()
        self._running.wait()


@contextlib.contextmanager
def _service(folder: Path, seed: int) -> Iterator[_Service]:
    service = _Service(folder, random.Random(seed))  # noqa: S311 - the same kills in every run
    try:
        yield service
    finally:
        service.end()


def _samples() -> list[Sample]:
    """A spindle that crosses its limits again and again, and stands hot at the end."""
    values = [60 if n % 4 in {1, 2} else 90 for n in range(FRAMES)]
    return [("mill#spindle_temp", n * 7, value, 0) for n, value in enumerate(values)]


async def _alarms(bus: Bus) -> list[Alarm]:
    """Every alarm record that is stored now."""
    subject = f"lw.alarm.{SITE}.>"
    async with contextlib.aclosing(bus.past(subject)) as messages:
        return [decode(message.data, Alarm) async for message in messages]


async def _seen(bus: Bus) -> None:
    """A person acknowledges everything that is raised, as it comes."""
    subject = f"lw.alarm.{SITE}.>"
    async with contextlib.aclosing(bus.follow(Stream.RECORDS, subject=subject)) as messages:
        async for message in messages:
            record = decode(message.data, Record)
            if isinstance(record, Alarm) and record.event is AlarmEvent.RAISED:
                wanted = AlarmAct(
                    event=AlarmEvent.ACKNOWLEDGED, by="p7", now_ns=record.t_ns + 10**9
                )
                await bus.publish(act(learn(None, record), wanted))


async def _story(folder: Path, seed: int, expected: set[str]) -> tuple[list[Alarm], int]:
    async with await NatsServer.start(folder, site=SITE):
        address = BusAddress.read(folder, "up")
        async with await Bus.connect(address, site=SITE, name="up") as bus:
            await bus.prepare()
            applied = Applied(rev="r1", text=to_text(bracket()), site=SITE, emulated=False)
            await (await bus.bucket("plant")).put("applied", applied.encode())
            person = asyncio.create_task(_seen(bus))
            with _service(folder, seed) as service:
                for n, sample in enumerate(_samples()):
                    await bus.publish_frame(batch(n, [sample]))
                    await asyncio.sleep(EACH_S)
                until_s = time.monotonic() + WAIT_S
                while time.monotonic() < until_s:
                    found = await _alarms(bus)
                    done = expected <= {each.id for each in found} and service.kills == KILLS
                    if done:
                        break
                    await asyncio.sleep(0.2)
                await asyncio.sleep(2.0)  # what would be doubled has its time to come
                found = await _alarms(bus)
            person.cancel()
            return found, service.kills


@pytest.mark.parametrize("seed", [1, 2])
def test_no_alarm_is_lost_or_doubled(seed: int, tmp_path: Path) -> None:
    """The alarms of one uncut run, each once; every one returned but those that stand, all seen."""
    fold, expected = heard(_samples())
    fold, late = play(fold, [tick(FRAMES * 7 + 3600)])
    standing = {e.key for e in fold.alarms.values() if e.current and e.current.is_active}
    ids = {each.id for each in (*expected, *late)}
    found, kills = asyncio.run(_story(tmp_path, seed, ids))
    assert kills == KILLS
    ours = [e for e in found if e.source == "live" and e.kind.value != "silence"]
    assert Counter(each.id for each in ours) == Counter(ids)
    known: dict[str, AlarmNow] = {}
    for each in found:
        key = alarm_key(each.address, each.alarm)
        known[key] = learn(known.get(key), each)
    states = {key: now.state_at(found[-1].t_ns).value for key, now in known.items()}
    assert {key: states[key] for key in standing} == dict.fromkeys(standing, "acknowledged")
    assert all(each.source == "live" for each in ours)
