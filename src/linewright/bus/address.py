"""Where the bus is and who may use it: the file `bus.json` beside the server's data."""

import os
from pathlib import Path

import msgspec

from linewright.bus.errors import BusUnavailable

__all__ = ["ADDRESS_FILE", "BusAddress", "write_private"]

ADDRESS_FILE = "bus.json"
"""Name of the file in the server's folder."""

_PRIVATE = 0o600
"""Only the owner reads and writes."""


class BusAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Address and credentials of a bus; the password is left out of its `repr`.

    Examples
    --------
    >>> BusAddress(url="nats://127.0.0.1:4222", user="linewright", password="x")
    BusAddress(url='nats://127.0.0.1:4222', user='linewright')
    """

    url: str
    """Such as ``nats://127.0.0.1:4222``."""
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"BusAddress(url={self.url!r}, user={self.user!r})"

    @property
    def port(self) -> int:
        """TCP port of the address.

        Examples
        --------
        >>> BusAddress(url="nats://127.0.0.1:4222").port
        4222
        """
        return int(self.url.rpartition(":")[2])

    @classmethod
    def read(cls, folder: Path) -> "BusAddress":
        """Address of the bus whose server has its data in `folder`.

        Raises
        ------
        BusUnavailable
            No server was started there yet, or the file is damaged.

        Examples
        --------
        >>> BusAddress.read(Path("no/such/folder"))
        Traceback (most recent call last):
        linewright.bus.errors.BusUnavailable: bus.json: not found; start the bus first
        """
        try:
            data = (folder / ADDRESS_FILE).read_bytes()
        except OSError as error:
            raise BusUnavailable(ADDRESS_FILE, "not found", "start the bus first") from error
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            hint = "remove it and start the bus again"
            raise BusUnavailable(ADDRESS_FILE, str(error), hint) from error

    def write(self, folder: Path) -> None:
        """Write the address for `read`, so that only the owner of the folder can read it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name:
        ...     BusAddress(url="nats://127.0.0.1:4222").write(Path(name))
        ...     BusAddress.read(Path(name)).port
        4222
        """
        write_private(folder / ADDRESS_FILE, msgspec.json.encode(self))


def write_private(path: Path, data: bytes) -> None:
    """Put a file in place at once, readable by its owner only."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
