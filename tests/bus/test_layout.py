"""The streams take every record and frame of their site, and nothing grows without bound."""

from pathlib import Path

import pytest

from linewright.bus.layout import Stream, bucket_settings, ensure_streams, stream_settings
from linewright.bus.wire import Wire
from linewright.plant.records import RECORDS, subject_of
from linewright.plant.records.examples import example
from linewright.testing.buses import running_bus
from tests.bus.making import run


def matches(pattern: str, subject: str) -> bool:
    """Whether a subject falls under a pattern with `>` at its end."""
    head, wild = pattern.removesuffix(">"), pattern.endswith(">")
    return subject.startswith(head) and len(subject) > len(head) if wild else subject == pattern


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_has_its_stream(name: str) -> None:
    """The subject of each class of record belongs to the records, and not to the samples."""
    subject = subject_of(example(RECORDS[name]))
    patterns = stream_settings(Stream.RECORDS, "nogales")["subjects"]
    assert sum(matches(each, subject) for each in patterns) == 1
    assert not matches(stream_settings(Stream.SAMPLES, "nogales")["subjects"][0], subject)


def test_everything_is_bounded() -> None:
    """Each stream and bucket has a largest size and a window for repeats of two minutes or more."""
    settings = [stream_settings(stream, "nogales") for stream in Stream]
    for each in [*settings, bucket_settings("plant", "nogales")]:
        assert each["max_bytes"] > 0
        assert each["duplicate_window"] >= 120 * 10**9
    assert all(each["max_age"] > 0 for each in settings)


def test_changed_settings_are_brought_up_to_date(tmp_path: Path) -> None:
    """A stream that an earlier version made with other settings gets those of this one."""

    async def story() -> int:
        async with running_bus(tmp_path) as running:
            await running.connect()
            wire = Wire(running.address)
            await wire.open(name="test", wait_s=5.0)
            old = stream_settings(Stream.RECORDS, "nogales") | {"max_bytes": 1 << 20}
            await wire.api("STREAM.UPDATE.records-nogales", old)
            await ensure_streams(wire, "nogales", wait_s=5.0)
            info = await wire.api("STREAM.INFO.records-nogales")
            await wire.close()
            return int(info["config"]["max_bytes"])

    assert run(story()) == stream_settings(Stream.RECORDS, "nogales")["max_bytes"]
