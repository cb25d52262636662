"""The rules on rooms, floors, faces and wiring, each against a planted breach."""

from pathlib import Path

import pytest

from tests.house.planting import FACE, house, planted, told
from tools.house.floors import ROOMS, faces, floors, rooms, wiring
from tools.house.tree import SRC

TWIN = f"{SRC}/twin/kernel.py"


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("twin", "plant", True),
        ("twin", "numeric", True),
        ("twin", "twin", True),
        ("history", "bus", True),
        ("cli", "server", True),
        ("testing", "server", True),
        ("twin", "schedule", False),
        ("plant", "numeric", False),
        ("bus", "history", False),
        ("live", "correct", False),
        ("cli", "testing", False),
        ("plant", "testing", False),
        ("twin", "magic", False),
    ],
)
def test_floor_table(tmp_path: Path, importer: str, imported: str, *, allowed: bool) -> None:
    """A room imports lower floors only, never its own floor, an upper one or `testing`."""
    text = f"from linewright.{imported} import thing\n"
    tree = house(tmp_path, {f"{SRC}/{importer}/a.py": text})
    assert (floors(tree) == []) is allowed


@pytest.mark.parametrize(
    "text",
    [
        "import linewright.schedule",
        "import linewright.schedule as plan",
        "from linewright import schedule",
        "from linewright.schedule import thing",
        "from linewright.schedule.core import thing",
        "from ..schedule import thing",
        "from .. import schedule",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import linewright.schedule",
        "import typing\nif typing.TYPE_CHECKING:\n    from linewright.schedule import thing",
        "def f():\n    from linewright.schedule import thing",
        "class A:\n    import linewright.schedule",
        "try:\n    import linewright.schedule\nexcept ImportError:\n    pass",
        "import importlib\nimportlib.import_module('linewright.schedule')",
        "from importlib import import_module as load\nimport_module(name='linewright.schedule')",
        "import importlib\nimportlib.import_module('..schedule', __package__)",
        "__import__('linewright.schedule')",
        "import pkgutil\npkgutil.resolve_name('linewright.schedule:thing')",
    ],
)
def test_no_import_escapes(tmp_path: Path, text: str) -> None:
    """Every way to import a peer is seen: plain, relative, for types, inner and dynamic."""
    found = floors(house(tmp_path, {TWIN: text + "\n"}))
    assert [(f.path, f.rule) for f in found] == [(TWIN, "floors")]
    assert "`twin` (floor 3) imports `schedule` (floor 3), on the same floor" in found[0].what


def test_a_clean_house_has_no_finding(tmp_path: Path) -> None:
    """Imports of lower faces, of the own room and of other packages are all in order."""
    text = """
        import json, linewright
        from linewright import __version__, plant
        from linewright.plant import thing
        import linewright.plant as p
        from . import other
        from .other import x
        from linewright.twin.other import x
        plant.thing, p.thing, p.thing.anything
        """
    lines = "\n".join(line.strip() for line in text.splitlines())
    tree = house(tmp_path, {TWIN: lines, f"{SRC}/twin/other.py": "x = 1\n"})
    assert [*floors(tree), *faces(tree), *rooms(tree), *wiring(tree)] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("from linewright.plant import hidden", "`hidden` is not in the face of `plant`"),
        ("from linewright.plant import deep", "`deep` is not in the face of `plant`"),
        ("from linewright.plant import *", "takes everything from `linewright.plant`"),
        ("from linewright.plant.deep import x", "`linewright.plant.deep` is behind the face"),
        ("import linewright.plant.deep", "`linewright.plant.deep` is behind the face"),
        ("from linewright.plant.open.inner import x", "is behind the sub-face"),
        ("from linewright.plant.open import secret", "`secret` is not in the sub-face"),
        ("import linewright.plant\nlinewright.plant.deep.x()", "`deep` is not in the face"),
        ("from linewright import plant\nplant.deep", "`deep` is not in the face of `plant`"),
        ("from linewright.plant import open\nopen.secret", "`secret` is not in the sub-face"),
        ("if TYPE_CHECKING:\n    from linewright.plant.deep import x", "is behind the face"),
    ],
)
def test_only_faces_are_imported(tmp_path: Path, text: str, what: str) -> None:
    """What a face does not list cannot be imported or reached through it."""
    files = {
        f"{SRC}/plant/__init__.py": FACE + '__all__ += ["open"]\n',
        f"{SRC}/plant/deep.py": "x = 1\n",
        f"{SRC}/plant/open/__init__.py": '__all__ = ["x"]\n',
        f"{SRC}/plant/open/inner.py": "x = 1\n",
        TWIN: text + "\n",
    }
    found = told(faces(house(tmp_path, files)))
    assert len(found) == 1, found
    assert what in found[0]


def test_a_listed_sub_face_is_open(tmp_path: Path) -> None:
    """A sub-face that the face lists may be imported like a face, package or module."""
    files = {
        f"{SRC}/plant/__init__.py": '"""P."""\n__all__ = ["open", "flat"]\n',
        f"{SRC}/plant/open/__init__.py": '__all__ = ["x"]\n',
        f"{SRC}/plant/flat.py": "y = 1\n",
        TWIN: "from linewright.plant.open import x\nfrom linewright.plant import open, flat\n"
        "from linewright.plant.flat import y\nopen.x, flat.y\n",
    }
    assert told(faces(house(tmp_path, files))) == []


def test_rooms_are_those_of_the_table(tmp_path: Path) -> None:
    """An unknown room, a module outside every room and a room without a face are found."""
    files = {
        f"{SRC}/__init__.py": "from linewright.plant import thing\n",
        f"{SRC}/loose.py": "x = 1\n",
        f"{SRC}/magic/__init__.py": FACE,
        f"{SRC}/twin/kernel.py": "x = 1\n",
        f"{SRC}/live/__init__.py": "x = 1\n",
    }
    assert told(rooms(planted(tmp_path, files))) == [
        "__init__.py:1 the package itself imports rooms",
        "live/__init__.py:1 the face does not say what the room hides",
        "live/__init__.py:1 the face has no `__all__`",
        "loose.py:1 stands in no room",
        "magic/__init__.py:1 `magic` is no room of the house",
        f"twin/kernel.py:1 room `twin` has no face ({SRC}/twin/__init__.py)",
    ]


def test_only_assemble_takes_shells(tmp_path: Path) -> None:
    """A shell, by its module or by a name that the face takes from it, is for assemble.py only."""
    face = "from linewright.live.service import Live\n" + '__all__ = ["Live", "service"]\n'
    shell = "from linewright.live import Live\nfrom linewright.live.service import Live\n"
    files = {
        f"{SRC}/live/__init__.py": face,
        f"{SRC}/live/service.py": "class Live: ...\n",
        f"{SRC}/correct/core.py": shell,
        f"{SRC}/cli/run.py": "from linewright.live import service\n",
        f"{SRC}/server/assemble.py": shell,
    }
    what = "takes the shell of `live`; only src/linewright/server/assemble.py does"
    assert told(wiring(house(tmp_path, files))) == [
        f"cli/run.py:1 {what}",
        f"correct/core.py:1 {what}",
        f"correct/core.py:2 {what}",
    ]


def test_peers_meet_only_in_assemble(tmp_path: Path) -> None:
    """In server and cli, a file that imports two rooms of the floors 2 to 5 joins them."""
    two = "from linewright.live import thing\nfrom linewright.twin import thing\n"
    one = "from linewright.plant import thing\nfrom linewright.bus import thing\n" + two[:33]
    files = {
        f"{SRC}/server/pages.py": two,
        f"{SRC}/server/lines.py": one,
        f"{SRC}/server/assemble.py": two,
        f"{SRC}/correct/rehearse.py": two,
    }
    assert told(wiring(house(tmp_path, files))) == [
        "server/pages.py:2 joins live, twin; only src/linewright/server/assemble.py does"
    ]


def test_the_table_is_that_of_the_design() -> None:
    """Sixteen rooms; peers share a floor; only the test kit stands beside the house."""
    by_floor: dict[int | None, set[str]] = {}
    for room, floor in ROOMS.items():
        by_floor.setdefault(floor, set()).add(room)
    assert by_floor == {
        0: {"plant", "numeric"},
        1: {"bus"},
        2: {"connectors", "history"},
        3: {"live", "twin", "predict", "quality", "schedule"},
        4: {"emulate", "network"},
        5: {"correct"},
        6: {"server"},
        7: {"cli"},
        None: {"testing"},
    }
