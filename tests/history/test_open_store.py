"""The open file of the service: settings, and exports that stay below their folder."""

from pathlib import Path

import msgspec
import pytest

from linewright.history import HistoryUnusable, Writer, open_history, take_in
from linewright.history.serving.open_store import (
    EXPORTS_WAITING_MAX,
    ExportRefused,
    Exports,
    Settings,
)
from tests.history.building import framed, samples


def test_settings_are_read_and_a_mistake_is_told(tmp_path: Path) -> None:
    """An unknown word or a wrong value names itself; without a file nothing is dropped."""
    assert Settings.read(tmp_path).rule().raw_days is None
    path = tmp_path / "history.json"
    path.write_text('{"raw_days": 30}')
    assert Settings.read(tmp_path).rule().raw_days == 30
    for text in ('{"raw_day": 30}', '{"raw_days": 0}', "{"):
        path.write_text(text)
        with pytest.raises(HistoryUnusable, match=r"history\.json"):
            Settings.read(tmp_path)


def test_an_export_is_done_and_told(tmp_path: Path) -> None:
    """Its number leads to where it stands."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0)])), plant_rev="r1")
    exports = Exports(tmp_path)
    number, work = exports.begin(b'{"name": "june/all.csv", "form": "csv"}')
    with open_history(tmp_path) as history:
        work(history)
    found = msgspec.json.decode(exports.answer(b'{"id": %d}' % number))["exports"]
    assert (found[0]["state"], found[0]["rows"], found[0]["done"]) == ("done", 10, 5)
    assert (tmp_path / found[0]["path"]).read_bytes().count(b"\n") == 11


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ".hidden", "."])
def test_an_export_never_leaves_its_folder(tmp_path: Path, name: str) -> None:
    """A name that leads elsewhere is refused."""
    with pytest.raises(ExportRefused, match="below exports"):
        Exports(tmp_path).begin(msgspec.json.encode({"name": name}))


def test_an_export_that_fails_says_so(tmp_path: Path) -> None:
    """Whatever goes wrong ends it; it does not stand as running for ever."""
    Writer.open(tmp_path).close()
    exports = Exports(tmp_path)
    number, work = exports.begin(msgspec.json.encode({"name": "a\0b"}))
    with open_history(tmp_path) as history:
        work(history)
    (found,) = msgspec.json.decode(exports.answer(b'{"id": %d}' % number))["exports"]
    assert (found["state"], "null" in found["why"]) == ("failed", True)


def test_too_many_exports_wait_for_each_other(tmp_path: Path) -> None:
    """One more than may wait is refused; a cancelled one says so."""
    Writer.open(tmp_path).close()
    exports = Exports(tmp_path)
    works = [exports.begin(b'{"name": "x.csv"}')[1] for _ in range(EXPORTS_WAITING_MAX)]
    with pytest.raises(ExportRefused, match="under way"):
        exports.begin(b'{"name": "y.csv"}')
    exports.cancel()
    with open_history(tmp_path) as history:
        for work in works:
            work(history)
    states = msgspec.json.decode(exports.answer(b""))["exports"]
    assert {(one["state"], one["why"]) for one in states} == {("failed", "the service ended")}
