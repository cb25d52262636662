"""The streams take every record and frame of their site, and nothing grows without bound."""

import pytest

from linewright.bus.layout import Room, Stream, bucket_settings, stream_settings
from linewright.plant.records import RECORDS, subject_of
from linewright.plant.records.examples import example


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


@pytest.mark.parametrize("size", [256 << 20, 1 << 30, 20 << 30, 1 << 44])
def test_a_site_fits_its_disk(size: int) -> None:
    """Streams and sixteen buckets together are no larger than what may be stored."""
    room = Room(size)
    assert 0 < room.samples + room.records + 16 * room.bucket <= size
