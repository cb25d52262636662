"""The rules on tests, each against a planted breach."""

from pathlib import Path

import pytest

from tests.house.planting import planted, told
from tools.house.suite import claims, laws, mirrors, mocks, skips
from tools.house.tree import SRC

FILE = "tests/twin/test_a.py"
HEAD = "import pytest\nfrom linewright import twin\nfrom linewright.twin import run\n"


def test_every_test_claims_something(tmp_path: Path) -> None:
    """A test function or method without a docstring is found; other functions are free."""
    text = 'def test_a():\n    """It holds."""\ndef test_b(): ...\ndef make(): ...\n'
    text += 'class TestC:\n    def test_d(self):\n        """ """\n'
    assert told(claims(planted(tmp_path, {FILE: text}))) == [
        f"{FILE}:3 `test_b` claims nothing",
        f"{FILE}:6 `TestC.test_d` claims nothing",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pytest.skip()", True),
        ("pytest.skip('')", True),
        ("pytest.skip('later')", True),
        ("@pytest.mark.skip\ndef test_a(): ...", True),
        ("@pytest.mark.skipif(True)\ndef test_a(): ...", True),
        ("@pytest.mark.xfail\ndef test_a(): ...", True),
        ("pytest.importorskip('simpy')", True),
        ("pytest.skip('needs the data folder')", False),
        ("@pytest.mark.skip(reason='no server here')\ndef test_a(): ...", False),
        ("@pytest.mark.skipif(True, reason='no server here')\ndef test_a(): ...", False),
        ("@pytest.mark.xfail(reason='a bug of asyncua')\ndef test_a(): ...", False),
        ("pytest.importorskip('simpy', reason='the oracle is optional')", False),
    ],
)
def test_skips_have_reasons(tmp_path: Path, text: str, *, found: bool) -> None:
    """Every way to leave a test out needs a reason of more than one word."""
    assert bool(skips(planted(tmp_path, {FILE: f"{HEAD}{text}\n"}))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from unittest import mock", True),
        ("from unittest.mock import Mock", True),
        ("import unittest.mock", True),
        ("def test_a():\n    from unittest.mock import patch", True),
        ("def test_a(monkeypatch):\n    monkeypatch.setattr('linewright.twin.run', None)", True),
        ("def test_a(monkeypatch):\n    monkeypatch.setattr(twin, 'run', None)", True),
        ("def test_a(monkeypatch):\n    monkeypatch.setattr(twin.kernel.State, 'run', 1)", True),
        ("def test_a(monkeypatch):\n    monkeypatch.setitem(twin.TABLE, 'run', 1)", True),
        ("def test_a(mocker):\n    mocker.patch('linewright.twin.run')", True),
        ("def test_a(mocker):\n    mocker.patch.object(run, 'x')", True),
        ("def test_a(monkeypatch):\n    monkeypatch.setenv('LINEWRIGHT_DATA', 'x')", False),
        ("def test_a(monkeypatch):\n    monkeypatch.setattr('sys.argv', [])", False),
    ],
)
def test_rooms_are_not_mocked(tmp_path: Path, text: str, *, found: bool) -> None:
    """Mock libraries and patches of our own rooms are found, patches of the world are not."""
    assert bool(mocks(planted(tmp_path, {FILE: f"{HEAD}{text}\n"}))) is found


def test_property_tests_stand_in_laws(tmp_path: Path) -> None:
    """A property test outside a `_laws` file is found."""
    text = "from hypothesis import given, strategies\n"
    files = {"tests/twin/test_a.py": text, "tests/twin/test_a_laws.py": text}
    assert [f.path for f in laws(planted(tmp_path, files))] == ["tests/twin/test_a.py"]


def test_modules_with_functions_have_tests(tmp_path: Path) -> None:
    """A module is tested under its name, its folder's name or both; data needs no tests."""
    function = "def f():\n    return 1\n"
    files = {
        **{f"{SRC}/twin/{name}.py": function for name in ("alone", "seen", "lawful", "__init__")},
        **{f"{SRC}/twin/deep/{name}.py": function for name in ("one", "two")},
        f"{SRC}/twin/other/three.py": function,
        f"{SRC}/twin/data.py": "X = 1\n",
        **{f"tests/twin/{name}.py": "" for name in ("test_seen", "test_lawful_laws", "test_deep")},
        "tests/live/test_alone.py": "",
        "tests/twin/other/test_other_three.py": "",
    }
    assert told(mirrors(planted(tmp_path, files))) == [
        "twin/alone.py:1 has no tests (tests/twin/test_alone.py)"
    ]
