"""Where the bus is and who may use it: a private file per user beside the server's data."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from linewright.bus.errors import BusUnavailable

__all__ = ["INBOX", "USERS_FOLDER", "BusAddress", "write_private"]

USERS_FOLDER = "bus"
"""Name of the folder of credentials in the server's folder."""

INBOX = "_INBOX"
"""Where answers arrive; each user has a part of its own, and hears no other."""

USER_SETTING, PASSWORD_SETTING = "LINEWRIGHT_NATS_USER", "LINEWRIGHT_NATS_PASSWORD"  # names
"""Settings with the credentials for a server that is not ours."""

_SCHEMES = ("nats", "tls")
_PORT = 4222
_TOKEN = re.compile(r"[-_A-Za-z0-9]+")
_PRIVATE, _PRIVATE_FOLDER = 0o600, 0o700
"""Only the owner reads and writes."""


class BusAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Address and credentials of one user; passwords are left out of its `repr`.

    Examples
    --------
    >>> BusAddress(url="nats://127.0.0.1:4222", user="live", password="x")
    BusAddress(url='nats://127.0.0.1:4222', user='live')
    """

    url: str
    """Such as ``nats://127.0.0.1:4222``."""
    user: str = ""
    password: str = ""
    mqtt: str = ""
    """MQTT listener for field devices, ``mqtt://127.0.0.1:PORT``; empty where there is none, or
    where this user has no business there."""
    mqtt_user: str = ""
    mqtt_password: str = ""
    websocket: str = ""
    """WebSocket listener, ``ws://127.0.0.1:PORT``; empty where there is none."""

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
        return urlsplit(self.url).port or _PORT

    @property
    def inbox(self) -> str:
        """Subject under which the answers to this user arrive.

        Examples
        --------
        >>> BusAddress(url="nats://127.0.0.1:4222", user="live").inbox
        '_INBOX.live'
        """
        return f"{INBOX}.{self.user}" if _TOKEN.fullmatch(self.user) else INBOX

    @classmethod
    def read(cls, folder: Path, user: str = "person") -> "BusAddress":
        """Address of the bus whose server has its data in `folder`, with a user's credentials.

        Parameters
        ----------
        folder
            Folder of the server.
        user
            A service, `person` for a command that reads, or `up`, which may do everything.

        Raises
        ------
        BusUnavailable
            No server was started there yet, it knows no such user, or the file is damaged.

        Examples
        --------
        >>> BusAddress.read(Path("no/such/folder"), "live")
        Traceback (most recent call last):
        linewright.bus.errors.BusUnavailable: bus/live.json: not found; start the bus first
        """
        where = f"{USERS_FOLDER}/{user}.json"
        try:
            data = (folder / where).read_bytes()
        except OSError as error:
            raise BusUnavailable(where, "not found", "start the bus first") from error
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            hint = "remove it and start the bus again"
            raise BusUnavailable(where, str(error), hint) from error

    @classmethod
    def of_url(cls, url: str, environ: Mapping[str, str] = os.environ) -> "BusAddress":
        """Address of a server that is not ours, with the credentials for it.

        They stand in the URL, or in the settings `LINEWRIGHT_NATS_USER` and
        `LINEWRIGHT_NATS_PASSWORD`, which other users of the machine do not see.

        Parameters
        ----------
        url
            Such as ``nats://broker.example:4222`` or ``tls://user:password@broker.example``.
        environ
            Settings.

        Raises
        ------
        BusUnavailable
            It is no URL of a NATS server.

        Examples
        --------
        >>> found = BusAddress.of_url("nats://ann:s%40crt@broker:4333", {})
        >>> found, found.password
        (BusAddress(url='nats://broker:4333', user='ann'), 's@crt')
        """
        parts = _parts(url)
        if parts is None:
            # The password, if there is one, is not repeated.
            shown = url.rpartition("@")[2]
            raise BusUnavailable(shown, "is no URL of a NATS server", "write nats://HOST:PORT")
        host = parts.netloc.rpartition("@")[2]
        return cls(
            url=f"{parts.scheme}://{host}" + ("" if parts.port else f":{_PORT}"),
            user=unquote(parts.username or "") or environ.get(USER_SETTING, ""),
            password=unquote(parts.password or "") or environ.get(PASSWORD_SETTING, ""),
        )

    def write(self, folder: Path) -> None:
        """Write the address for `read`, so that only the owner of the folder can read it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name:
        ...     BusAddress(url="nats://127.0.0.1:4222", user="live").write(Path(name))
        ...     BusAddress.read(Path(name), "live").port
        4222
        """
        users = folder / USERS_FOLDER
        users.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        users.chmod(_PRIVATE_FOLDER)
        write_private(users / f"{self.user}.json", msgspec.json.encode(self))


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


def _parts(url: str) -> SplitResult | None:
    """Parts of the URL of a server; None where it is none."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_one and parts.path in {"", "/"} else None
