"""The rule on docstrings of what a face exports, against a planted breach."""

from pathlib import Path

from tests.house.planting import planted, told
from tools.house.docstrings import docstrings
from tools.house.tree import SRC

GOOD = '''def good(x: int) -> int:
    """One more.

    Parameters
    ----------
    x
        A number.

    Returns
    -------
    int
        The next.

    Examples
    --------
    >>> good(1)
    2
    """
    return x + 1
'''


def test_exported_functions_tell_their_parts(tmp_path: Path) -> None:
    """An exported function without parameters, errors or example is found, others are free."""
    files = {
        f"{SRC}/plant/__init__.py": "from linewright.plant.a import good, bad, quiet, Thing\n"
        '__all__ = ["good", "bad", "quiet", "Thing"]\n',
        f"{SRC}/plant/a.py": GOOD
        + 'def bad(x: int, y: int) -> int:\n    """Two."""\n    raise ValueError\n'
        + 'def quiet() -> None:\n    """Do it.\n\n    >>> quiet()\n    """\n'
        + "class Thing: ...\ndef inner(x): ...\n",
    }
    assert told(docstrings(planted(tmp_path, files))) == [
        "plant/a.py:20 `bad` has no >>>",
        "plant/a.py:20 `bad` has no Parameters",
        "plant/a.py:20 `bad` has no raises",
    ]


def test_exports_are_followed_through_sub_faces(tmp_path: Path) -> None:
    """A name that is passed on by a sub-face is judged where it is defined, and once."""
    files = {
        f"{SRC}/plant/__init__.py": "from linewright.plant.deep import bad\n__all__ = ['bad']\n",
        f"{SRC}/plant/deep/__init__.py": "from .a import bad\n__all__ = ['bad']\n",
        f"{SRC}/plant/deep/a.py": 'def bad() -> None:\n    """One."""\n    return\n',
    }
    assert told(docstrings(planted(tmp_path, files))) == ["plant/deep/a.py:1 `bad` has no >>>"]
