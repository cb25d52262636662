"""The rules on heavy imports and dependencies, each against a planted breach."""

import json
from pathlib import Path

from tests.house.planting import planted, told
from tools.house.engines import OWNERS, PAGE, dependencies, engines
from tools.house.tree import SRC, Tree

NEEDS = '[project]\ndependencies = ["numpy>=2", "PyYAML"]\n[project.optional-dependencies]\n'
NEEDS += 'dev = ["pytest>=8"]\n[build-system]\nrequires = ["hatchling"]\n'
ROW = "| `{}` | arrays | 20 MB | BSD-3-Clause | lists |\n"
USES = {f"{SRC}/twin/a.py": "import numpy.linalg\nimport yaml\nimport json\n"}


def _tree(root: Path, needs: str, page: str, uses: dict[str, str] | None = None) -> Tree:
    files = {"pyproject.toml": needs, PAGE: page, **(USES if uses is None else uses)}
    return planted(root, files)


def test_one_owner_a_room(tmp_path: Path) -> None:
    """A second file with a heavy import is found, and so is an unlisted or idle owner."""
    files = {
        f"{SRC}/twin/arrays.py": "import numpy as np\n",
        f"{SRC}/twin/other.py": "def f():\n    from numpy import linalg\n",
        f"{SRC}/twin/types.py": "if TYPE_CHECKING:\n    import numpy as np\n",
        f"{SRC}/plant/a.py": "import rich.table\n",
        f"{SRC}/live/a.py": "import json\n",
        OWNERS: json.dumps(
            {"twin": {"numpy": f"{SRC}/twin/arrays.py"}, "live": {"duckdb": f"{SRC}/live/a.py"}}
        ),
    }
    assert told(engines(planted(tmp_path, files))) == [
        "plant/a.py:1 imports rich; its owner in `plant` is not listed",
        f"tests/house/engines.json:1 {SRC}/live/a.py does not import duckdb",
        f"twin/other.py:2 imports numpy; its owner in `twin` is {SRC}/twin/arrays.py",
    ]


def test_each_dependency_has_a_line(tmp_path: Path) -> None:
    """The page and the project file name the same; spelling of names does not matter."""
    rows = "".join(ROW.format(name) for name in ("NumPy", "pyyaml", "pytest", "hatchling"))
    assert told(dependencies(_tree(tmp_path, NEEDS, rows))) == []
    wrong = rows.replace("NumPy", "scipy").replace("| `pyyaml` | arrays |", "| `pyyaml` | |")
    assert told(dependencies(_tree(tmp_path, NEEDS, wrong))) == [
        "docs/dependencies.md:1 `scipy` is not in pyproject.toml",
        "docs/dependencies.md:2 `pyyaml` needs what for, size, licence and what would replace it",
        "pyproject.toml:1 `numpy` (dependencies) has no line in docs/dependencies.md",
    ]


def test_imports_and_dependencies_agree(tmp_path: Path) -> None:
    """An import that is not declared for users and a dependency that nobody imports are found."""
    uses = {f"{SRC}/twin/a.py": "import numpy\nimport pytest\nimport attr\nfrom . import b\n"}
    rows = "".join(ROW.format(name) for name in ("numpy", "pyyaml", "pytest", "hatchling"))
    assert told(dependencies(_tree(tmp_path, NEEDS, rows, uses))) == [
        "pyproject.toml:1 `pyyaml` is imported by no file under src/linewright",
        "twin/a.py:2 imports pytest, which pyproject.toml does not declare for users",
        "twin/a.py:3 imports attr, which pyproject.toml does not declare for users",
    ]


def test_torch_is_never_a_dependency(tmp_path: Path) -> None:
    """Torch is refused, also as an extra and also when it has its line."""
    needs = NEEDS.replace("dev =", 'vision = ["torch>=2"]\ndev =')
    names = ("numpy", "pyyaml", "pytest", "hatchling", "torch")
    uses = {f"{SRC}/twin/a.py": "import numpy, yaml, torch\n"}
    page = "".join(ROW.format(name) for name in names)
    assert told(dependencies(_tree(tmp_path, needs, page, uses))) == [
        "pyproject.toml:1 `torch` is never a dependency: too large; a model arrives as ONNX"
    ]
