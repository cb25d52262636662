"""Compaction beside an append: two threads on one file, and the days that come of it."""

import threading
from pathlib import Path

import pytest

from linewright.history import Writer, open_history
from linewright.history.keeping import Compactor, FileDamaged, Rule
from linewright.history.keeping.compaction import CompactionEnded
from linewright.testing.history_conformance import HOUR_NS, T0_NS, DuckHistory, Ledger, Row, batch

DAY_NS = 24 * HOUR_NS
FIRST_NS = T0_NS // DAY_NS * DAY_NS
RULE = Rule(files_kept_s=0.0)


def hour(n: int, at: int, count: int = 40) -> tuple[Row, ...]:
    """Rows of an hour of the first day, other ones for each `n`."""
    start_ns = FIRST_NS + at * HOUR_NS + n
    return tuple(
        Row(tag=f"nogales#t{row % 3}", t_ns=start_ns + row * 10**9, value=n + row / 4, seen_ns=n)
        for row in range(count)
    )


def test_rows_that_come_meanwhile_are_neither_lost_nor_doubled(tmp_path: Path) -> None:
    """One thread appends late and new rows while another compacts without a pause."""
    held, ledger = DuckHistory.open(tmp_path), Ledger()
    done = threading.Event()
    failed: list[BaseException] = []

    def compact() -> None:
        try:
            while not done.is_set():
                held.compact(FIRST_NS + 3 * DAY_NS)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failed.append(error)

    thread = threading.Thread(target=compact)
    thread.start()
    for n in range(60):
        made = batch("mill", n, *hour(n, n % 5))
        held.append([made])
        ledger.append([made])
    done.set()
    thread.join()
    assert not failed
    ledger.check(held)
    held.close()


def test_hours_become_a_day_and_late_rows_stay_beside_it(tmp_path: Path) -> None:
    """A day is one file; what comes later for it is a file of its own until there are many."""
    held, ledger = DuckHistory.open(tmp_path), Ledger()
    for n in range(5):
        made = batch("mill", n, *hour(n, n))
        held.append([made])
        ledger.append([made])
    held.compact(FIRST_NS + DAY_NS)
    kinds = [_kinds(held)]
    for n in range(5, 16):
        held.compact(FIRST_NS + 2 * DAY_NS)
        kinds.append(_kinds(held))
        made = batch("mill", n, *hour(n, n % 5, 3))
        held.append([made])
        ledger.append([made])
        ledger.check(held)
    held.close()
    assert kinds[0] == {"hour": 5}
    assert kinds[1] == {"day": 1}
    assert kinds[3] == {"day": 1, "late": 2}
    assert kinds[-1]["day"] == 1
    assert kinds[-1].get("late", 0) < 9


def test_a_replaced_file_stays_for_its_readers(tmp_path: Path) -> None:
    """It is removed only when it was replaced long enough ago."""
    held = DuckHistory.open(tmp_path)
    held.append([batch("mill", 0, *hour(0, 0)), batch("mill", 1, *hour(1, 1))])
    held.close()
    later_ns = FIRST_NS + 2 * DAY_NS
    with Writer.open(tmp_path) as writer:
        compactor = Compactor(writer.database.reader())
        for wall_s, files in ((0, 4), (1, 6), (800, 6), (902, 2)):
            wall_ns = wall_s * 10**9
            rule = Rule(day_late_s=0.0 if wall_s else 1e9)
            compactor.compact(now_ns=later_ns, rule=rule, wall_ns=wall_ns)
            assert len(list((tmp_path / "parquet").rglob("*.parquet"))) == files, wall_s
        compactor.close()
    with open_history(tmp_path) as history:
        assert history.counts().samples == 80


def test_what_differs_from_its_hash_is_not_merged(tmp_path: Path) -> None:
    """A change that no page and no footer shows is found before it is in a new file with a hash."""
    held = DuckHistory.open(tmp_path)
    held.append([batch("mill", 0, *hour(0, 0)), batch("mill", 1, *hour(1, 1))])
    held.compact(FIRST_NS + DAY_NS)
    path = min((tmp_path / "parquet").rglob("*00????.parquet"))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"parquet-cpp", b"parquet-c++"))
    assert path.read_bytes() != data
    with pytest.raises(FileDamaged, match=path.name):
        held.compact(FIRST_NS + 3 * DAY_NS)
    assert _kinds(held) == {"hour": 2}
    held.close()


def test_a_compaction_that_is_told_to_end_leaves_everything(tmp_path: Path) -> None:
    """The service need not wait for a long file when it stops."""
    held, ledger = DuckHistory.open(tmp_path), Ledger()
    made = batch("mill", 0, *hour(0, 0))
    held.append([made])
    ledger.append([made])
    held._compactor.end()
    with pytest.raises(CompactionEnded):
        held.compact(FIRST_NS + DAY_NS)
    assert held._compactor.orphans() == []
    ledger.check(held)
    held.close()


def _kinds(held: DuckHistory) -> dict[str, int]:
    found = held._writer.database.rows("SELECT kind, count(*) FROM files GROUP BY kind")
    return dict(found)
