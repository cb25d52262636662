"""The data folder: private files, the lock, and `up.json`, by which others find what runs.

Whatever stands here is of one user: files that hold a key or a process id are readable by their
owner alone, and are written whole or not at all.
"""

import contextlib
import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from linewright.server.lifeline import is_alive, start_of
from linewright.server.up.refusals import Refusal

__all__ = [
    "Belongs",
    "FolderInUse",
    "FolderLock",
    "Running",
    "Written",
    "forget_running",
    "http_key",
    "read_belongs",
    "read_private",
    "read_running",
    "read_written",
    "write_belongs",
    "write_private",
    "write_running",
    "write_written",
]

T = TypeVar("T")

UP = "up.json"
LOCK = "up.lock"
SITE = "site.json"
KEY = "server/key"
WRITTEN = "written.json"
KEY_BYTES = 24
"""Random bytes of the key: 192 bits, so that nobody guesses it."""

LOCK_WAIT_S = 1.0
"""How long a lock is asked for: a supervisor that is just ending needs a moment."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What runs on a data folder, as its supervisor wrote it.

    Examples
    --------
    >>> Running(pid=1, site="nogales", plant="acme", started_ns=0).url
    ''
    """

    pid: int
    """Process id of the supervisor."""
    pid_start: str = ""
    """When that process was started: a process id comes back; empty where it is not known."""
    site: str
    plant: str
    """Enterprise of the plant that is applied."""
    started_ns: int
    """Wall clock."""
    emulated: bool = False
    pids: dict[str, int] = {}
    """Process id of each service that runs now, and of the NATS server as `bus`."""
    url: str = ""
    """Address of the page, without the key; empty until the server answers."""
    key: str = ""
    """What a program of this machine that has no session needs, to read and to act."""
    certificate: str = ""
    """File with the certificate of the page; empty where it is served without TLS."""
    nats: str = ""
    """URL of a NATS server that is not ours, with what it needs; empty: our own."""
    mqtt: str = ""
    """Address of the listener for field devices; empty where there is none."""
    refused: tuple[Refusal, ...] = ()
    """What our NATS server refused lately, the newest last: 20 at most."""


class Belongs(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a data folder is, from its first start on: one site, which is real or played.

    Examples
    --------
    >>> Belongs(site="reno", emulated=True).site
    'reno'
    """

    site: str
    emulated: bool


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plant file says what, as it was when its revision was applied.

    Examples
    --------
    >>> Written(rev="r1").places
    {}
    """

    rev: str
    places: Mapping[str, str] = {}
    """`file:line` of stations and tags, by address."""


class FolderInUse(RuntimeError):
    """Another supervisor holds the data folder; `folder` says which, `pid` who, 0 if not known."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(f"the data folder {folder} is in use by process {pid or 'unknown'}")
        self.folder = folder
        self.pid = pid


class FolderLock:
    """The right to supervise a data folder, held until `close` or the end of the process."""

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Return the lock of a folder, which is made where it is not there.

        Raises
        ------
        FolderInUse
            Another supervisor holds it.
        OSError
            The folder cannot be made or written.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fileno = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        end_s = time.monotonic() + LOCK_WAIT_S
        while True:
            try:
                fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > end_s:
                    os.close(fileno)
                    found = read_private(folder / UP, Running)
                    raise FolderInUse(folder, found.pid if found else 0) from None
                time.sleep(0.05)
            else:
                return cls(fileno)

    def close(self) -> None:
        """Let the folder go."""
        os.close(self._fileno)


def write_private(path: Path, data: bytes) -> None:
    """Write a file of the owner alone so that at any moment the old or the new one is there.

    Raises
    ------
    OSError
        It cannot be written; then nothing has changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fileno, half = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(fileno, "wb") as file:  # mkstemp makes it 0600
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(half).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(half).unlink()
        raise


def read_private(path: Path, expected: type[T]) -> T | None:
    """Return what a JSON file holds; None where there is none, or none of that form."""
    with contextlib.suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
        return msgspec.json.decode(path.read_bytes(), type=expected)
    return None


def write_running(folder: Path, running: Running) -> None:
    """Say what runs on a data folder."""
    write_private(folder / UP, msgspec.json.format(msgspec.json.encode(running)) + b"\n")


def read_running(folder: Path) -> Running | None:
    """Return what runs on a data folder; None where nothing does.

    Parameters
    ----------
    folder
        A data folder, or any other: then the answer is None.

    Examples
    --------
    >>> read_running(Path("no/such/folder")) is None
    True
    """
    found = read_private(folder / UP, Running)
    if found is None or not is_alive(found.pid):
        return None
    is_same = not found.pid_start or start_of(found.pid) in {found.pid_start, ""}
    return found if is_same else None


def read_belongs(folder: Path) -> Belongs | None:
    """Return whose a data folder is; None before its first start.

    Parameters
    ----------
    folder
        A data folder, or any other: then the answer is None.

    Examples
    --------
    >>> read_belongs(Path("no/such/folder")) is None
    True
    """
    return read_private(folder / SITE, Belongs)


def write_belongs(folder: Path, belongs: Belongs) -> None:
    """Say whose a data folder is; written only where it says something else."""
    if read_belongs(folder) != belongs:
        write_private(folder / SITE, msgspec.json.encode(belongs) + b"\n")


def write_written(folder: Path, written: Written) -> None:
    """Say in the folder of the server where the plant file says what."""
    write_private(folder / WRITTEN, msgspec.json.encode(written))


def read_written(folder: Path, rev: str) -> Mapping[str, str]:
    """Return where the plant file says what, by address; nothing of another revision.

    Examples
    --------
    >>> read_written(Path("no/such/folder"), "r1")
    {}
    """
    found = read_private(folder / WRITTEN, Written)
    return found.places if found is not None and found.rev == rev else {}


def forget_running(folder: Path) -> None:
    """Say that nothing runs on a data folder."""
    with contextlib.suppress(OSError):
        (folder / UP).unlink()


def http_key(folder: Path) -> str:
    """Return the key of a data folder, made at its first use and kept."""
    path = folder / KEY
    with contextlib.suppress(OSError):
        if found := path.read_text("ascii").strip():
            return found
    key = secrets.token_urlsafe(KEY_BYTES)
    write_private(path, f"{key}\n".encode("ascii"))
    return key
