"""Parquet files on disk: written whole or not at all, opened again and again cheaply.

>>> from linewright.history.keeping.packing import SEEN
>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> new = NewFile(folder / "a.parquet", SEEN)
>>> new.write(SEEN.empty_table(), [])
>>> new.finish().rows
0
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from linewright.history.keeping.arrays import pa, pq
from linewright.history.store import sync_file

__all__ = [
    "DRAFT",
    "FILE_FORM",
    "FileDamaged",
    "Files",
    "NewFile",
    "Written",
    "damage_of",
    "footer_fault",
    "sync_folder",
    "write_table",
]

FILE_FORM = 1
"""Form of packed files; stands in their metadata under `FORM_KEY`."""

FORM_KEY = b"linewright.form"

FILES_OPEN_MAX = 128
"""Files that stay open with their footers: five days of hours. Some 0.2 MB each."""

HASH_BYTES = 1 << 20
"""Read at a time while a file is hashed."""

_DELTA = "DELTA_BINARY_PACKED"
_ENCODING = {"t_ms": _DELTA, "t_sub_ns": _DELTA, "m": _DELTA, "int": _DELTA, "n": _DELTA}
_ENCODING |= {"seen_ns": _DELTA, "raw_ns": _DELTA, "value": "BYTE_STREAM_SPLIT"}
_DICTIONARY = ["tag", "scale", "text", "quality", "source", "epoch", "hour", "class", "address"]

LEVEL = 3
"""Of zstd: higher ones win a few per mille on columns that are bit-packed already."""

DRAFT = ".part"
"""End of the name of a file that is being written."""


class FileDamaged(RuntimeError):
    """A Parquet file of history is missing, or not what was written.

    Parameters
    ----------
    path
        Which.
    what
        What is wrong, one sentence without a full stop.

    Examples
    --------
    >>> str(FileDamaged(Path("a.parquet"), "it is missing"))
    'a.parquet: it is missing'
    """

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, what)
        self.path = path
        self.what = what

    def __str__(self) -> str:
        return f"{self.path.as_posix()}: {self.what}"


class Written(msgspec.Struct, frozen=True):
    """A file as it lies on disk.

    Examples
    --------
    >>> Written(rows=1, size=2, sha256="").rows
    1
    """

    rows: int
    size: int
    sha256: str


class NewFile:
    """A file under a draft's name; only `finish` gives it its own.

    Examples
    --------
    >>> import tempfile
    >>> new = NewFile(Path(tempfile.mkdtemp()) / "a.parquet", pa.schema([("n", pa.int64())]))
    >>> new.drop()
    """

    def __init__(self, path: Path, schema: Any, *, encoded: bool = True) -> None:  # noqa: ANN401 - Arrow's own
        self._path = path
        self._draft = path.with_name(path.name + DRAFT)
        self._rows = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        names = set(schema.names) if encoded else set()
        self._writer = pq.ParquetWriter(
            self._draft,
            schema,
            compression="zstd",
            compression_level=LEVEL,
            use_dictionary=[name for name in schema.names if name in _DICTIONARY],
            column_encoding={k: v for k, v in _ENCODING.items() if k in names} or None,
            write_page_checksum=True,
            store_schema=False,
        )
        self._writer.add_key_value_metadata({FORM_KEY.decode(): str(FILE_FORM)})

    def write(self, table: Any, groups: Sequence[int]) -> None:  # noqa: ANN401 - Arrow's own
        """Append row groups.

        Parameters
        ----------
        table
            Their rows, one group after the other.
        groups
            Rows of each.
        """
        at = 0
        for rows in groups:
            self._writer.write_table(table.slice(at, rows), row_group_size=rows)
            at += rows
        assert at == table.num_rows, "a row is in no group"
        self._rows += at

    def close(self) -> Written:
        """Bring the draft to the disk."""
        self._writer.close()
        sync_file(self._draft)
        return Written(self._rows, self._draft.stat().st_size, _hash(self._draft))

    def name(self) -> None:
        """Give the draft its name."""
        self._draft.replace(self._path)
        sync_folder(self._path.parent)

    def finish(self) -> Written:
        """Bring the draft to the disk and give it its name."""
        written = self.close()
        self.name()
        return written

    def drop(self) -> None:
        """Throw the draft away."""
        self._writer.close()
        self._draft.unlink(missing_ok=True)


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Errors of Arrow and of the disk as `FileDamaged`."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileDamaged(Path(path), "it is missing") from error
    except (pa.ArrowException, OSError, IndexError, ValueError) as error:
        # IndexError: there is no such row group; ValueError: a name in the footer is no text.
        said = str(error).partition("\n")[0]
        raise FileDamaged(Path(path), f"it cannot be read ({said})") from error


def write_table(path: Path, table: Any, *, group_rows: int = 122_880) -> Written:  # noqa: ANN401 - Arrow's own
    """Write a plain table as one file, whole or not at all.

    Parameters
    ----------
    path
        Where to.
    table
        Its rows.
    group_rows
        Rows of a row group.

    Examples
    --------
    >>> import tempfile
    >>> write_table(Path(tempfile.mkdtemp()) / "a.parquet", pa.table({"n": [1]})).rows
    1
    """
    new = NewFile(path, table.schema, encoded=False)
    try:
        whole, rest = divmod(table.num_rows, group_rows)
        new.write(table, [group_rows] * whole + ([rest] if rest else []))
    except BaseException:
        new.drop()
        raise
    return new.finish()


def damage_of(folder: Path, path: str, size: int, sha256: str = "") -> FileDamaged | None:
    """What is wrong with a file; None where nothing is.

    Parameters
    ----------
    folder
        Folder of the history.
    path
        Relative to it.
    size, sha256
        What was written; an empty hash is not compared.

    Examples
    --------
    >>> str(damage_of(Path("nowhere"), "a.parquet", 7))
    'a.parquet: it is missing'
    """
    found = folder / path
    if not found.is_file():
        return FileDamaged(Path(path), "it is missing")
    if (now := found.stat().st_size) != size:
        return FileDamaged(Path(path), f"it has {now} bytes, {size} were written")
    if sha256 and _hash(found) != sha256:
        return FileDamaged(Path(path), "its bytes are not those that were written")
    return None


def footer_fault(folder: Path, path: str) -> FileDamaged | None:
    """Why the footer of a file cannot be read; None where it can. Nothing but the footer is read.

    Parameters
    ----------
    folder
        Folder of the history.
    path
        Relative to it.

    Examples
    --------
    >>> str(footer_fault(Path("nowhere"), "a.parquet"))
    'a.parquet: it is missing'
    """
    try:
        with _told(path):
            pq.read_metadata(folder / path)
    except FileDamaged as fault:
        return fault
    return None


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(HASH_BYTES):
            digest.update(data)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk.

    Examples
    --------
    >>> import tempfile
    >>> sync_folder(Path(tempfile.mkdtemp()))
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Files:
    """Files of one folder, kept open with their footers; one thread uses it.

    Examples
    --------
    >>> import tempfile
    >>> Files(Path(tempfile.mkdtemp())).close()
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: OrderedDict[str, Any] = OrderedDict()
        self.suspects: set[str] = set()
        """Paths that could not be read, until somebody looks after them; each once."""

    def close(self) -> None:
        """Close all of them."""
        for file in self._open.values():
            file.close()
        self._open.clear()

    def forget(self, paths: Iterable[str]) -> None:
        """Close files that are going to be removed."""
        for path in paths:
            if (file := self._open.pop(path, None)) is not None:
                file.close()

    def read(self, path: str, groups: Sequence[int] | None, columns: Sequence[str]) -> Any:  # noqa: ANN401 - Arrow's own
        """Rows of some row groups, one group after the other; of all where none are named.

        Parameters
        ----------
        path
            Relative to the folder.
        groups
            Numbers of row groups; None for all.
        columns
            Which.

        Raises
        ------
        FileDamaged
            It is missing or cannot be read.
        """
        with self._noted(path), _told(path):
            file = self._opened(path)
            if groups is None:
                found = file.read(columns=list(columns))
            else:
                found = file.read_row_groups(list(groups), columns=list(columns))
            if missing := set(columns) - set(found.column_names):
                raise FileDamaged(Path(path), f"it has no column {min(missing)}")
            return found

    def group_rows(self, path: str, groups: Sequence[int]) -> list[int]:
        """Rows of each of some row groups.

        Parameters
        ----------
        path
            Relative to the folder.
        groups
            Numbers of row groups.

        Raises
        ------
        FileDamaged
            It is missing or cannot be read.
        """
        with self._noted(path), _told(path):
            metadata = self._opened(path).metadata
            return [metadata.row_group(group).num_rows for group in groups]

    def refuse(self, path: str, what: str) -> NoReturn:
        """Say that a file is not what was written, found by whoever reads it.

        Raises
        ------
        FileDamaged
            Always.
        """
        with self._noted(path):
            raise FileDamaged(Path(path), what)

    @contextmanager
    def _noted(self, path: str) -> Iterator[None]:
        """Keep the path of a file that cannot be read; forget its handle, it may be replaced."""
        try:
            yield
        except FileDamaged:
            self.suspects.add(path)
            self.forget([path])
            raise

    def _opened(self, path: str) -> Any:  # noqa: ANN401 - Arrow's own
        file = self._open.pop(path, None)
        if file is None:
            file = pq.ParquetFile(
                self.folder / path,
                page_checksum_verification=True,
                memory_map=False,
                pre_buffer=False,  # made for far stores: of a local file it doubles the time
            )
            form = (file.metadata.metadata or {}).get(FORM_KEY)
            if form != str(FILE_FORM).encode():
                file.close()
                said = "no" if form is None else form.decode("ascii", "replace")
                what = f"its form is {said}, this version reads {FILE_FORM}: use a newer version"
                raise FileDamaged(Path(path), what)
        self._open[path] = file
        while len(self._open) > FILES_OPEN_MAX:
            self._open.popitem(last=False)[1].close()
        return file
