"""The data folder: one supervisor, private files, and what runs."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from linewright.server.folder import (
    Belongs,
    FolderInUse,
    FolderLock,
    Running,
    Written,
    forget_running,
    http_key,
    read_belongs,
    read_private,
    read_running,
    read_written,
    write_belongs,
    write_private,
    write_running,
    write_written,
)
from linewright.server.lifeline import start_of

HERE = Running(pid=os.getpid(), site="reno", plant="acme", started_ns=7)


def test_two_supervisors_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second one is told who holds the folder; when the first lets go, it gets it."""
    lock = FolderLock.take(tmp_path / "data")
    write_running(tmp_path / "data", HERE)
    with pytest.raises(FolderInUse) as refused:
        FolderLock.take(tmp_path / "data")
    assert refused.value.pid == os.getpid()
    assert str(tmp_path) in str(refused.value)
    lock.close()
    FolderLock.take(tmp_path / "data").close()


def test_a_killed_supervisor_lets_go(tmp_path: Path) -> None:
    """The lock of a process ends with it, however it ended."""
    code = (
        "import os, sys; from pathlib import Path; from linewright.server.folder import FolderLock;"
        "lock = FolderLock.take(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=30)
    assert ended.returncode == -9
    FolderLock.take(tmp_path).close()


def test_what_runs_is_found(tmp_path: Path) -> None:
    """What was written is read back, by its owner alone, until it is forgotten."""
    write_running(tmp_path, HERE)
    assert read_running(tmp_path) == HERE
    assert (tmp_path / "up.json").stat().st_mode & 0o777 == 0o600
    forget_running(tmp_path)
    forget_running(tmp_path)
    assert read_running(tmp_path) is None


def test_what_died_is_not_running(tmp_path: Path) -> None:
    """A file of a supervisor that is gone says nothing, nor does a damaged one."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(timeout=10)
    write_running(tmp_path, msgspec.structs.replace(HERE, pid=ended.pid))
    assert read_running(tmp_path) is None
    (tmp_path / "up.json").write_text('{"pid": 1, "sit')
    assert read_running(tmp_path) is None


def test_where_the_plant_file_says_it_holds_for_its_revision_alone(tmp_path: Path) -> None:
    """Lines of another revision would lead astray, so they are not told."""
    places = {"reno/shop/a/saw": "plant.yaml:7"}
    write_written(tmp_path, Written(rev="r1", places=places))
    assert (read_written(tmp_path, "r1"), read_written(tmp_path, "r2")) == (places, {})


def test_whose_a_folder_is(tmp_path: Path) -> None:
    """A folder is nobody's until it is said whose; then it stays so, for its owner to read."""
    assert read_belongs(tmp_path) is None
    for belongs in (Belongs(site="reno", emulated=True), Belongs(site="reno", emulated=False)):
        write_belongs(tmp_path, belongs)
        assert read_belongs(tmp_path) == belongs
    written = (tmp_path / "site.json").stat()
    write_belongs(tmp_path, Belongs(site="reno", emulated=False))
    assert (tmp_path / "site.json").stat().st_ino == written.st_ino
    assert written.st_mode & 0o777 == 0o600


def test_the_key_stays(tmp_path: Path) -> None:
    """A folder keeps its key, another one has another, and nobody else reads it."""
    key = http_key(tmp_path / "a")
    assert http_key(tmp_path / "a") == key
    assert http_key(tmp_path / "b") != key
    assert len(key) == 32
    assert (tmp_path / "a" / "server" / "key").stat().st_mode & 0o777 == 0o600


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """What cannot be written leaves the old file, and no half one beside it."""
    path = tmp_path / "x.json"
    write_private(path, b"1")
    with pytest.raises(TypeError):
        write_private(path, "2")  # type: ignore[arg-type]  # what cannot be written
    assert read_private(path, int) == 1
    assert read_private(path, str) is None
    assert [each.name for each in tmp_path.iterdir()] == ["x.json"]


def test_a_process_that_got_the_number_of_ours(tmp_path: Path) -> None:
    """A process that lives under the number of a supervisor that died is not taken for it."""
    write_running(tmp_path, msgspec.structs.replace(HERE, pid_start=start_of(os.getpid())))
    assert read_running(tmp_path) is not None
    write_running(tmp_path, msgspec.structs.replace(HERE, pid_start="another boot.7"))
    assert read_running(tmp_path) is None
