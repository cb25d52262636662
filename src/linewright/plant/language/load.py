"""Reading a plant: files to tree to plant, with every mistake in one report.

`check` never raises on bad input; `load` gives the plant or raises
`PlantInvalid` with the whole report.
"""

from pathlib import Path

import msgspec

from linewright.plant.address import Address
from linewright.plant.language.reuse import apply_types
from linewright.plant.language.rules import check_rules
from linewright.plant.language.shapes import completion
from linewright.plant.language.shapes.compiler import plant_shape
from linewright.plant.language.syntax.nodes import BYTES_MAX, Map, Node, Scalar, parse
from linewright.plant.language.syntax.problems import NOWHERE, Problem, Report, pack, unpack
from linewright.plant.language.syntax.reading import Locator, Reading, where_of
from linewright.plant.model.enterprise import Plant

FILES_MAX = 2_000
"""Most files of one plant."""

FOLDERS_MAX = 16
"""Deepest folder below the plant's own."""

LEFT_OUT = frozenset({"scenarios", "records", "node_modules"})
"""Folders beside a plant file that are not part of it."""

completion.install()


class PlantInvalid(ValueError):
    """A plant file with mistakes; `problems` lists them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        first = str(errors[0]) if errors else "no plant"
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(first + more)
        self.problems = problems


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found: the plant, or None when there are errors, and all problems."""

    plant: Plant | None
    problems: tuple[Problem, ...]
    files: tuple[str, ...]
    locator: Locator

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the plant from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def where(self, address: Address) -> str:
        """Return `file:line` of what an address names, or nothing when it is not in a file.

        A tag that a station has from a type stands where that type says it.
        """
        for path in (*_paths_of(address), *self._of_types(address)):
            file, line, _ = unpack(self.locator.find(path))
            if line:
                return f"{self.files[file]}:{line}"
        return ""

    def _of_types(self, address: Address) -> list[tuple[str, ...]]:
        """Return the paths of a tag in the types of its station, the nearest first."""
        place, _, tag = address.partition("#")
        if not tag or self.plant is None:
            return []
        station = dict(self.plant.stations_in(Address(place))).get(Address(place))
        names = () if station is None else station.use
        return [("types", name, "tags", tag) for name in reversed(names)]


def _paths_of(address: Address) -> list[tuple[str, ...]]:
    place, _, tag = address.partition("#")
    names = place.split("/")
    tail = ("tags", tag) if tag else ()
    levels = ("sites", "areas", "lines", "stations")
    path: tuple[str, ...] = ()
    for level, name in zip(levels, names, strict=False):
        path = (*path, level, name)
    swapped = tuple("work_centres" if key == "lines" else key for key in path)
    return [(*path, *tail), (*swapped, *tail)]


def check(source: str | Path) -> Checked:
    """Read a plant file or folder and say everything that is wrong with it.

    Parameters
    ----------
    source
        A YAML file, or a folder of them (subfolders included, but for
        `scenarios` and `records`), whose parts are joined key by key.

    Returns
    -------
    Checked
        The plant when there is no error; every problem either way.

    Notes
    -----
    Cost is linear in the size of the text. Never raises for anything that
    stands in a file.

    Examples
    --------
    >>> check("no/such/plant.yaml").problems[0].code
    'file-missing'
    """
    files, raws, problem = _read_files(Path(source))
    report = Report(files)
    if problem:
        code = "file-too-large" if "MiB" in problem else "file-missing"
        report.add(code, NOWHERE, problem, hint="check the path" if code == "file-missing" else "")
        return _nothing(report, files)
    return _check_raw(files, raws, report)


def check_text(text: str | bytes, name: str = "plant.yaml") -> Checked:
    r"""Check a plant given as text.

    Parameters
    ----------
    text
        YAML; bytes are taken as UTF-8.
    name
        Stands in for the file in messages.

    Returns
    -------
    Checked
        As `check` gives it for a file.

    Examples
    --------
    >>> check_text("linewright: 1\nsite: {}").problems[0].code
    'key-missing'
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return _check_raw([name], [raw], Report([name]))


def load(source: str | Path) -> Plant:
    """Return the plant that a file or folder describes.

    Raises
    ------
    PlantInvalid
        With all problems, when there is an error.

    Examples
    --------
    >>> load("no/such/plant.yaml")
    Traceback (most recent call last):
    linewright.plant.language.load.PlantInvalid: ...
    """
    return _plant_or_raise(check(source))


def load_text(text: str | bytes, name: str = "plant.yaml") -> Plant:
    """Return the plant that a text describes.

    Parameters
    ----------
    text, name
        As for `check_text`.

    Raises
    ------
    PlantInvalid
        With all problems, when there is an error.

    Examples
    --------
    >>> load_text("{linewright: 1, enterprise: acme, sites: {}}").enterprise
    'acme'
    """
    return _plant_or_raise(check_text(text, name))


def _plant_or_raise(checked: Checked) -> Plant:
    if checked.plant is None:
        raise PlantInvalid(checked.problems)
    return checked.plant


def _nothing(report: Report, files: list[str]) -> Checked:
    return Checked(
        plant=None, problems=report.problems(), files=tuple(files), locator=Locator(None)
    )


def _read_files(source: Path) -> tuple[list[str], list[bytes], str]:
    """Return names and contents of the plant's files, or what keeps them from being read."""
    try:
        paths = sorted(_yaml_files(source)) if source.is_dir() else [source]
        if not paths:
            return [str(source)], [], f"there is no YAML file in `{source}`"
        if len(paths) > FILES_MAX:
            return [str(source)], [], f"`{source}` holds more than {FILES_MAX} files"
        for path in paths:
            if not path.is_file():
                there = "is no file" if path.exists() else "is not there"
                return [str(path)], [], f"`{path}` {there}"
            size = path.stat().st_size
            if size > BYTES_MAX:
                megabytes = f"{size / 2**20:,.0f} MiB, at most {BYTES_MAX // 2**20} MiB"
                return [str(path)], [], f"`{path}` has {megabytes}: is it a recording?"
        return [str(path) for path in paths], [path.read_bytes() for path in paths], ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return [str(source)], [], f"`{source}` cannot be read: {reason}"


def _yaml_files(folder: Path, depth: int = 0) -> list[Path]:
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in LEFT_OUT:
            continue
        if entry.is_dir():
            if depth < FOLDERS_MAX and not entry.is_symlink():
                found += _yaml_files(entry, depth + 1)
        elif entry.suffix in (".yaml", ".yml"):
            found.append(entry)
    return found


def _check_raw(files: list[str], raws: list[bytes], report: Report) -> Checked:
    roots = [parse(raw, index, report) for index, raw in enumerate(raws)]
    unread = bool(report.problems()) and any(root is None for root in roots)
    root = _join_files(roots, report)
    if root is None:
        if not report.problems():
            report.add("file-empty", pack(0, 0, 0), "there is nothing in the plant file")
        return _nothing(report, files)
    return _check_tree(root, report, files, whole=not unread)


def check_root(root: Map) -> Checked:
    """Check a tree that stands in no file, as the builder makes it.

    Examples
    --------
    >>> from linewright.plant.language.builder import to_nodes
    >>> root = to_nodes({"linewright": 1, "enterprise": "acme", "sites": {}})
    >>> check_root(root).plant.enterprise
    'acme'
    """
    return _check_tree(root, Report([]), [], whole=True)


def _check_tree(root: Map, report: Report, files: list[str], *, whole: bool) -> Checked:
    apply_types(root, report)
    reading = Reading(report)
    plant = plant_shape().read(root, reading)
    assert isinstance(plant, Plant), "the plant's shape reads a plant"
    locator = Locator(root)
    if whole:
        check_rules(plant, reading, locator)
    problems = report.problems()
    bad = not whole or any(problem.severity == "error" for problem in problems)
    return Checked(
        plant=None if bad else plant, problems=problems, files=tuple(files), locator=locator
    )


def _join_files(roots: list[Node | None], report: Report) -> Map | None:
    """Return one tree of all files; what stands in two files is joined map by map."""
    whole: Map | None = None
    for root in roots:
        if root is None or (isinstance(root, Scalar) and root.empty):
            continue
        if not isinstance(root, Map):
            report.add(
                "wrong-kind",
                root.at,
                "the file is not a map of keys",
                hint="for example `linewright: 1`, `sites:`, `products:`",
            )
            continue
        if whole is None:
            whole = Map([], [], root.at)
        _join(whole, root, report, [])
    return whole


def _join(whole: Map, part: Map, report: Report, path: list[str]) -> None:
    index = {key.text: position for position, key in enumerate(whole.keys)}
    for key, value in zip(part.keys, part.values, strict=True):
        position = index.get(key.text)
        if position is None:
            whole.keys.append(key)
            whole.values.append(value)
            continue
        mine = whole.values[position]
        if isinstance(mine, Map) and isinstance(value, Map):
            joined = Map(list(mine.keys), list(mine.values), mine.at)
            whole.values[position] = joined
            _join(joined, value, report, [*path, key.text])
        elif not _same_version(key, mine, value):
            file, line, _ = unpack(whole.keys[position].at)
            report.add(
                "key-doubled",
                key.at,
                f"the key `{key.text[:80]}` stands in two files; "
                f"first in {report.file(file)} on line {line}",
                where=where_of([*path, key.text]),
                hint="keep one of them",
            )


def _same_version(key: Scalar, mine: Node, value: Node) -> bool:
    same = isinstance(mine, Scalar) and isinstance(value, Scalar) and mine.text == value.text
    return key.text == "linewright" and same
