"""The address file: private, whole, and refused when it is not."""

from pathlib import Path

import pytest

from linewright.bus import BusAddress, BusUnavailable

ONE = BusAddress(url="nats://127.0.0.1:4222", user="u", password="not shown")  # noqa: S106  # none


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """An address survives its file, which only the owner may read."""
    ONE.write(tmp_path)
    assert BusAddress.read(tmp_path, "u") == ONE
    assert (tmp_path / "bus").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "bus" / "u.json").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (tmp_path / "bus").iterdir()] == ["u.json"]


def test_the_password_is_not_shown() -> None:
    """An address in a log line gives no password away."""
    assert "not shown" not in f"{ONE} {ONE!r}"


def test_a_second_write_replaces_the_first(tmp_path: Path) -> None:
    """The newer address holds, and a draft that a fault left behind does no harm."""
    ONE.write(tmp_path)
    (tmp_path / "bus" / "u.json.new").write_text("half")
    BusAddress(url="nats://127.0.0.1:4333", user="u").write(tmp_path)
    assert BusAddress.read(tmp_path, "u").port == 4333


def test_credentials_of_a_foreign_server() -> None:
    """They stand in the URL or in the settings; the URL goes first, and none is repeated."""
    settings = {"LINEWRIGHT_NATS_USER": "ann", "LINEWRIGHT_NATS_PASSWORD": "secret"}
    found = BusAddress.of_url("nats://broker", settings)
    assert (found.url, found.port, found.user, found.password) == (
        "nats://broker:4222",
        4222,
        "ann",
        "secret",
    )
    assert BusAddress.of_url("tls://bob:pw@broker:9", settings).user == "bob"
    assert BusAddress.of_url("nats://[::1]:4333", {}).port == 4333


@pytest.mark.parametrize("url", ["", "broker", "http://b", "nats://", "nats://b:x", "nats://b/p"])
def test_no_url_of_a_server(url: str) -> None:
    """What is no URL of a NATS server is refused before anything is tried."""
    with pytest.raises(BusUnavailable, match="no URL of a NATS server"):
        BusAddress.of_url(url, {})


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"url": 5}'])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """What is no address is refused with the name of the file and a way out."""
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus" / "u.json").write_text(text)
    with pytest.raises(BusUnavailable, match=r"bus/u\.json") as found:
        BusAddress.read(tmp_path, "u")
    assert found.value.hint
