"""`linewright fmt`: files in the one spelling, the plant unchanged, all or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.plant import load
from tests.cli.conftest import SMALL, Ran

Run = Callable[..., Ran]

CROOKED = SMALL.replace("48 s", "48s").replace("currency: USD", "currency: USD   # money  ")


def test_a_file_in_the_one_spelling_is_left_alone(plant: Path, run: Run) -> None:
    """Nothing is written, not even the same again."""
    before = plant.stat().st_mtime_ns
    ran = run("fmt", plant)
    assert ran == Ran(code=0, out=f"`{plant}` is in the one spelling\n", err="")
    assert plant.stat().st_mtime_ns == before


def test_a_file_is_put_right(plant: Path, run: Run) -> None:
    """The file changes, the plant does not, and a second time nothing is left to do."""
    plant.write_text(CROOKED, encoding="utf-8")
    before = load(plant)
    assert run("fmt", plant).out == f"changed: {plant}\n"
    assert plant.read_text("utf-8") == SMALL.replace("currency: USD", "currency: USD   # money")
    assert load(plant) == before
    assert "is in the one spelling" in run("fmt", plant).out


def test_check_writes_nothing(plant: Path, run: Run) -> None:
    """`--check` ends with 1 where something would change, and leaves it to be done."""
    plant.write_text(CROOKED, encoding="utf-8")
    assert run("fmt", "--check", plant) == Ran(code=1, out=f"would change: {plant}\n", err="")
    assert plant.read_text("utf-8") == CROOKED
    plant.write_text(SMALL, encoding="utf-8")
    assert run("fmt", "--check", plant).code == 0


def test_diff_shows_what_would_change(plant: Path, run: Run) -> None:
    """`--diff` prints the lines and writes nothing; with `--check` it ends with 1."""
    plant.write_text(CROOKED, encoding="utf-8")
    ran = run("fmt", "--diff", plant)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line[:1] for line in lines if "48" in line and "plant.yaml" not in line] == ["-", "+"]
    assert sum(line.startswith(("+ ", "- ")) for line in lines) == 4
    assert plant.read_text("utf-8") == CROOKED
    assert run("fmt", "--diff", "--check", plant).code == 1


def test_a_folder_is_one_plant(tmp_path: Path, run: Run) -> None:
    """Each file of a folder is put right; those in other folders beside it are not touched."""
    folder = tmp_path / "plant"
    (folder / "scenarios").mkdir(parents=True)
    head, tail = SMALL.split("products:")
    (folder / "a.yaml").write_text(head, encoding="utf-8")
    (folder / "b.yml").write_text("products:" + tail.replace("  p1", "      p1"), encoding="utf-8")
    (folder / "scenarios" / "c.yaml").write_text("a:  \n", encoding="utf-8")
    assert run("fmt", folder).out == f"changed: {folder / 'b.yml'}\n"
    assert (folder / "b.yml").read_text("utf-8") == "products:" + tail
    assert (folder / "scenarios" / "c.yaml").read_text("utf-8") == "a:  \n"


@pytest.mark.parametrize(
    ("old", "new"),
    [("48 s", "48"), ("wash: {", "wash: ["), ("products:", "? products\n:")],
    ids=["error", "syntax", "question"],
)
def test_what_cannot_be_put_right_is_refused(old: str, new: str, plant: Path, run: Run) -> None:
    """A plant with errors, or written in a way that is not formatted, stays as it is."""
    text = CROOKED.replace("48s", "48 s").replace(old, new)
    plant.write_text(text, encoding="utf-8")
    ran = run("fmt", plant)
    assert ran.code == 2
    assert "Error: " in ran.err
    assert plant.read_text("utf-8") == text


def test_a_missing_plant(tmp_path: Path, run: Run) -> None:
    """A path that leads nowhere ends with 2."""
    assert run("fmt", tmp_path / "gone").code == 2
    assert run("fmt", "--check", tmp_path).code == 2


def test_line_ends_and_rights_stay(plant: Path, run: Run) -> None:
    """A file with Windows line ends keeps them, and its rights."""
    plant.write_bytes(CROOKED.encode().replace(b"\n", b"\r\n"))
    plant.chmod(0o600)
    assert run("fmt", plant).code == 0
    raw = plant.read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") > 10
    assert plant.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["bracket", "corridor", "taller"])
def test_the_example_plants_are_in_the_one_spelling(name: str, checkout: Path, run: Run) -> None:
    """Our own plants are as `fmt` would have them."""
    assert run("fmt", "--check", "--diff", checkout / "plants" / name).code == 0
