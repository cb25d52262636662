"""The address file: private, whole, and refused when it is not."""

from pathlib import Path

import pytest

from linewright.bus import BusAddress, BusUnavailable

ONE = BusAddress(url="nats://127.0.0.1:4222", user="u", password="not shown")  # noqa: S106  # none


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """An address survives its file, which only the owner may read."""
    ONE.write(tmp_path)
    assert BusAddress.read(tmp_path) == ONE
    assert (tmp_path / "bus.json").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["bus.json"]


def test_the_password_is_not_shown() -> None:
    """An address in a log line gives no password away."""
    assert "not shown" not in f"{ONE} {ONE!r}"


def test_a_second_write_replaces_the_first(tmp_path: Path) -> None:
    """The newer address holds, and a draft that a fault left behind does no harm."""
    ONE.write(tmp_path)
    (tmp_path / "bus.json.new").write_text("half")
    BusAddress(url="nats://127.0.0.1:4333").write(tmp_path)
    assert BusAddress.read(tmp_path).port == 4333


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"url": 5}'])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """What is no address is refused with the name of the file and a way out."""
    (tmp_path / "bus.json").write_text(text)
    with pytest.raises(BusUnavailable, match=r"bus\.json") as found:
        BusAddress.read(tmp_path)
    assert found.value.hint
