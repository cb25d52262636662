"""What history publishes for other processes: a listing of Parquet files that hold everything.

The DuckDB file belongs to one process. For all others the service keeps ``query/manifest.json``
in the folder of the history: which Parquet files together hold every sample and record up to a
moment, each row once. It is replaced at once, never changed. A file that it names stays for
`FILES_KEPT_S` after a newer listing left it out, so a reader reads the listing, opens the files,
and reads the listing again for the next question.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> read_published(folder) is None
True
>>> write_published(folder, Published(as_of_ns=7))
>>> read_published(folder).as_of_ns
7
"""

import os
from pathlib import Path
from typing import Literal

import msgspec

__all__ = [
    "FILES_KEPT_S",
    "PUBLISHED_FORM",
    "Published",
    "PublishedFile",
    "PublishedUnusable",
    "read_published",
    "records_sql",
    "samples_sql",
    "write_published",
]

PUBLISHED_FORM = 1
"""Form of the listing; another one is refused."""

FILES_KEPT_S = 900.0
"""How long a file stays after the listing left it out: longer than any query may take."""

QUERY_FOLDER = "query"
LISTING = "manifest.json"


class PublishedUnusable(RuntimeError):
    """A listing that cannot be read.

    Parameters
    ----------
    path
        The listing.
    what
        What is wrong, one sentence without a full stop.

    Examples
    --------
    >>> str(PublishedUnusable(Path("manifest.json"), "it is no JSON"))
    'manifest.json: it is no JSON; start the service history of this version'
    """

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, what)
        self.path = path
        self.what = what

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; start the service history of this version"


class PublishedFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One Parquet file of the listing.

    Examples
    --------
    >>> PublishedFile(path="query/tail/1.parquet", rows=9, from_ns=1, until_ns=2).packing
    'plain'
    """

    path: str
    """Relative to the folder of the history."""
    rows: int
    from_ns: int
    """No event in it is earlier."""
    until_ns: int
    """No event in it is later."""
    packing: Literal["plain", "packed"] = "plain"
    """``packed`` holds times and values as `samples_sql` unpacks them; see docs/history.md."""
    seen: str = ""
    """Companion of a packed file: when its batches arrived; relative like `path`. Empty where it is
    damaged: then nothing says when they arrived."""
    raw: bool = False
    """Whether it has the column ``raw_ns``; packed files without corrected rows have none."""


class Published(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that history holds up to a moment; every row is in one file of the listing.

    Examples
    --------
    >>> Published(as_of_ns=5).files
    ()
    """

    as_of_ns: int
    """Wall clock of the listing; what was stored later is not in it."""
    form: int = PUBLISHED_FORM
    files: tuple[PublishedFile, ...] = ()
    """Compacted samples, packed."""
    tail: tuple[PublishedFile, ...] = ()
    """Samples that are not compacted yet, plain."""
    records: tuple[PublishedFile, ...] = ()
    """Records, all revisions: class, id, rev, address, t_ns, seen_ns, seq, json."""


def read_published(folder: Path) -> Published | None:
    """Listing of a history; None where there is none yet.

    Parameters
    ----------
    folder
        Folder of the history.

    Raises
    ------
    PublishedUnusable
        It is damaged or of another form.

    Examples
    --------
    >>> import tempfile
    >>> read_published(Path(tempfile.mkdtemp())) is None
    True
    """
    path = folder / QUERY_FOLDER / LISTING
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Published)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise PublishedUnusable(path, str(error)) from error
    if found.form != PUBLISHED_FORM:
        raise PublishedUnusable(path, f"it has form {found.form}, this is form {PUBLISHED_FORM}")
    return found


def write_published(folder: Path, published: Published) -> None:
    """Put a listing in the place of the one before, at once.

    Parameters
    ----------
    folder
        Folder of the history.
    published
        What is listed; its files are on disk.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_published(folder, Published(as_of_ns=1))
    >>> (folder / "query" / "manifest.json").read_text()
    '{"as_of_ns":1}'
    """
    path = folder / QUERY_FOLDER / LISTING
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{LISTING}.part")
    with part.open("wb") as file:
        file.write(msgspec.json.encode(published))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


_PLAIN = "tag, t_ns, seen_ns, value, int, text, quality, source, epoch, n, {raw}"
_UNPACKED = (
    "f.tag, f.t_ms * 1000000 + f.t_sub_ns AS t_ns, {seen} AS seen_ns,"
    " coalesce(f.m / f.scale, f.value, f.int::DOUBLE) AS value,"
    " f.int, f.text, f.quality, f.source, f.epoch, f.n, {raw}"
)
_RAW = {True: "raw_ns", False: "NULL::BIGINT AS raw_ns"}
_BATCH = "s.hour = f.t_ms // 3600000 AND s.source = f.source AND s.epoch = f.epoch AND s.n = f.n"
_NO_SAMPLES = (
    "SELECT NULL::VARCHAR AS tag, NULL::BIGINT AS t_ns, NULL::BIGINT AS seen_ns,"
    " NULL::DOUBLE AS value, NULL::BIGINT AS int, NULL::VARCHAR AS text,"
    " NULL::USMALLINT AS quality, NULL::VARCHAR AS source, NULL::BIGINT AS epoch,"
    " NULL::BIGINT AS n, NULL::BIGINT AS raw_ns WHERE false"
)
_NO_RECORDS = (
    "SELECT NULL::VARCHAR AS class, NULL::VARCHAR AS id, NULL::BIGINT AS rev,"
    " NULL::VARCHAR AS address, NULL::BIGINT AS t_ns, NULL::BIGINT AS seen_ns,"
    " NULL::BIGINT AS seq, NULL::VARCHAR AS json WHERE false"
)


def samples_sql(published: Published, folder: Path, *, with_seen: bool = False) -> str:
    """DuckDB's SELECT over all samples of a listing, for a view.

    Columns: tag, t_ns, seen_ns, value, int, text, quality, source, epoch, n, raw_ns.

    Parameters
    ----------
    published
        The listing.
    folder
        Folder of the history, as the paths in the SQL shall name it.
    with_seen
        Whether the arrival of compacted rows is looked up in their companions, which costs a
        join; else it is NULL there unless a row has one of its own.

    Examples
    --------
    >>> one = PublishedFile(path="query/tail/1.parquet", rows=1, from_ns=1, until_ns=1)
    >>> sql = samples_sql(Published(as_of_ns=1, tail=(one,)), Path("data/history"))
    >>> sql.partition(" FROM ")[2]
    "read_parquet(['data/history/query/tail/1.parquet'])"
    """
    parts = []
    for has_raw, files in _by_raw(published.files):
        companions = sorted({file.seen for file in files if file.seen}) if with_seen else []
        seen = "coalesce(f.seen_ns, s.seen_ns)" if companions else "f.seen_ns"
        columns = _UNPACKED.format(seen=seen, raw=_RAW[has_raw])
        part = f"SELECT {columns} FROM {_read(files, folder)} f"  # noqa: S608 - our names
        if companions:
            part += f" LEFT JOIN {_from(companions, folder)} s ON {_BATCH}"
        parts.append(part)
    for has_raw, files in _by_raw(published.tail):
        columns = _PLAIN.format(raw=_RAW[has_raw])
        parts.append(f"SELECT {columns} FROM {_read(files, folder)}")  # noqa: S608 - our names
    return " UNION ALL ".join(parts) or _NO_SAMPLES


def records_sql(published: Published, folder: Path) -> str:
    """DuckDB's SELECT over all records of a listing, all revisions, for a view.

    Columns: class, id, rev, address, t_ns, seen_ns, seq, json.

    Parameters
    ----------
    published
        The listing.
    folder
        Folder of the history, as the paths in the SQL shall name it.

    Examples
    --------
    >>> records_sql(Published(as_of_ns=1), Path("history"))[-11:]
    'WHERE false'
    """
    if not published.records:
        return _NO_RECORDS
    return (
        "SELECT class, id, rev, address, t_ns, seen_ns, seq, json FROM "  # noqa: S608 - our names
        + _read(published.records, folder)
    )


def _by_raw(
    files: tuple[PublishedFile, ...],
) -> list[tuple[bool, tuple[PublishedFile, ...]]]:
    """Files without and with the column of raw times, each kind where there are any."""
    kinds = [(has_raw, tuple(f for f in files if f.raw == has_raw)) for has_raw in (False, True)]
    return [(has_raw, some) for has_raw, some in kinds if some]


def _read(files: tuple[PublishedFile, ...], folder: Path) -> str:
    return _from([file.path for file in files], folder)


def _from(paths: list[str], folder: Path) -> str:
    texts = [(folder / path).as_posix().replace("'", "''") for path in paths]
    return "read_parquet([{}])".format(", ".join(f"'{text}'" for text in texts))
