"""Files are written whole or not at all."""

import os
from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.files import write_whole


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new text is there, the rights stay, and nothing is left beside it."""
    path = tmp_path / "plant.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    write_whole(path, "new: é\n")
    assert path.read_bytes() == "new: é\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_usual_rights(tmp_path: Path) -> None:
    """A file that was not there gets the rights that the user's mask leaves."""
    mask = os.umask(0o027)
    try:
        write_whole(tmp_path / "new.yaml", "x")
    finally:
        os.umask(mask)
    assert (tmp_path / "new.yaml").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What a link leads to is written."""
    goal, link = tmp_path / "goal.yaml", tmp_path / "link.yaml"
    goal.write_text("old", encoding="utf-8")
    link.symlink_to(goal)
    write_whole(link, "new")
    assert link.is_symlink()
    assert goal.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("name", ["no/such/folder/x", "folder", "nul\0byte", "x" * 300])
def test_what_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    """The reason is told and nothing is left behind."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(Failed, match="cannot be written"):
        write_whole(tmp_path / name, "x")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def test_a_text_that_cannot_be_encoded(tmp_path: Path) -> None:
    """A failure half way leaves the old file as it was."""
    path = tmp_path / "plant.yaml"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(Failed, match="cannot be written"):
        write_whole(path, "\udce9")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    """What is no file is written into, and not put another file in the place of."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(path, "text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    assert path.is_fifo()
