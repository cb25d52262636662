"""The page of experiments: its examples run and print what it shows.

`python -m tests.cli.twin.test_experiments_page` writes what is printed today into the page.
"""

import re
import tempfile
from pathlib import Path

from tests.cli.test_page import FENCE, _page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "twin-experiments.md"
WAITS = re.compile(r"^(the plant is checked|the twin runs) \.\.\.\n", re.MULTILINE)
"""What is said, on standard error, where it takes longer than two seconds."""

PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def _today(folder: Path) -> str:
    """The page with what its examples print today."""
    return WAITS.sub("", _page(PAGE.read_text("utf-8"), folder))


def test_every_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    """The commands on the page print, to the last digit, what it shows."""
    text = PAGE.read_text("utf-8")
    assert len(FENCE.findall(text)) == 2
    assert _today(tmp_path) == text


def test_the_python_of_the_page_runs() -> None:
    """The lines of Python run as they stand, on the example plant."""
    (text,) = PYTHON.findall(PAGE.read_text("utf-8"))
    names: dict[str, object] = {}
    exec(compile(text.replace("hours=400", "hours=100"), str(PAGE), "exec"), names)  # noqa: S102  # our own page
    assert {"found", "both"} <= set(names)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        PAGE.write_text(_today(Path(made)), encoding="utf-8")
