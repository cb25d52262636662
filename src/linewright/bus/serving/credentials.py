"""Ports and passwords of a server: made at its first start, kept over every further one."""

import contextlib
import os
import secrets
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import msgspec

from linewright.bus.address import USERS_FOLDER, BusAddress, write_private
from linewright.bus.errors import BusUnavailable
from linewright.bus.permissions import DEVICE, HOST, UP, USERS, DeviceTopics

__all__ = [
    "ACCOUNT",
    "HOST_ADDRESS",
    "Ports",
    "addresses",
    "bring_up_to_date",
    "keep",
    "known_ports",
    "taken_ports",
]

HOST_ADDRESS = "127.0.0.1"
"""Nobody but this machine reaches the server."""

PORTS_FILE = "ports.json"
"""Name of the file in the folder of credentials."""

STORE_BYTES_MAX = 32 << 30
"""Disk for all streams and buckets together: the sum of the bounds of a few sites."""

STORE_PART = 2
"""What part of the free disk the server may fill: a half."""

STORE_BYTES_MIN = 256 << 20
"""With less than this nothing can be kept; the disk is then told to be full when it is."""

OLD_FILE = "bus.json"
"""One user for all, as folders had it before there were permissions."""

OLD_ACCOUNT, ACCOUNT = "$G", "LW"
"""Account without a name, which stored everything then, and the one that does now."""

_PASSWORD_BYTES = 24
_MQTT_USERS = {"connect": HOST, "emulate": DEVICE}
"""Services that meet devices, and as whom."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """What a server keeps over its starts, so that clients and devices come back to it.

    Examples
    --------
    >>> Ports(nats=4222, mqtt=1883, websocket=8080).url
    'nats://127.0.0.1:4222'
    """

    nats: int
    mqtt: int
    websocket: int
    store_bytes: int = STORE_BYTES_MAX
    """What the streams may fill; it never falls, or streams that are there would not be found."""

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"nats://{HOST_ADDRESS}:{self.nats}"


def known_ports(folder: Path) -> Ports | None:
    """Ports of the last start; None before the first, or where they cannot be read.

    Raises
    ------
    BusUnavailable
        The file is damaged.
    """
    path = folder / USERS_FOLDER / PORTS_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ports)
    except FileNotFoundError:
        return _old_ports(folder)
    except msgspec.MsgspecError as error:
        where = f"{USERS_FOLDER}/{PORTS_FILE}"
        raise BusUnavailable(where, str(error), "remove it and start the bus again") from error


def taken_ports(folder: Path, known: Ports | None, port: int) -> Ports:
    """Ports of this start: the known ones, but for a NATS port that is asked for."""
    room = _room(folder)
    if known is None:
        nats, mqtt, websocket = _free_ports(3)
        return Ports(nats=port or nats, mqtt=mqtt, websocket=websocket, store_bytes=room)
    if not known.mqtt:
        mqtt, websocket = _free_ports(2)
        known = msgspec.structs.replace(known, mqtt=mqtt, websocket=websocket)
    store = max(known.store_bytes, room)
    return msgspec.structs.replace(known, nats=port or known.nats, store_bytes=store)


def addresses(
    folder: Path, ports: Ports, *, site: str, devices: DeviceTopics
) -> dict[str, BusAddress]:
    """Address of each user with its own password; those of the last start keep theirs.

    Raises
    ------
    BusUnavailable
        A file of credentials is damaged.
    """
    passwords = {user: _password(folder, user) for user in (UP, *USERS, DEVICE, HOST)}
    is_met = not devices.is_empty
    mqtt = f"mqtt://{HOST_ADDRESS}:{ports.mqtt}" if is_met else ""
    found = {}
    for user in (UP, *(USERS if site else ()), *((DEVICE, HOST) if is_met else ())):
        as_whom = user if user in {DEVICE, HOST} else _MQTT_USERS.get(user, "")
        found[user] = BusAddress(
            url=ports.url,
            user=user,
            password=passwords[user],
            mqtt=mqtt if as_whom or user == UP else "",
            mqtt_user=as_whom if is_met else "",
            mqtt_password=passwords[as_whom] if is_met and as_whom else "",
            websocket=f"ws://{HOST_ADDRESS}:{ports.websocket}",
        )
    return found


def keep(folder: Path, ports: Ports, users: Mapping[str, BusAddress]) -> None:
    """Write the files of this start, and take those away of users that are no more."""
    for address in users.values():
        address.write(folder)
    write_private(folder / USERS_FOLDER / PORTS_FILE, msgspec.json.encode(ports))
    for user in {*USERS, DEVICE, HOST} - set(users):
        (folder / USERS_FOLDER / f"{user}.json").unlink(missing_ok=True)
    (folder / OLD_FILE).unlink(missing_ok=True)  # last: it says where the old store was


def bring_up_to_date(folder: Path) -> None:
    """Give a folder of before there were permissions its accounts; the server must be down.

    What it has stored moves to the account `LW`. Killed half-way, the next start goes on.
    """
    if not (folder / OLD_FILE).exists():
        return
    store = folder / "jetstream"
    before, now = store / OLD_ACCOUNT, store / ACCOUNT
    if before.is_dir() and not now.exists():
        before.rename(now)


def _old_ports(folder: Path) -> Ports | None:
    """Port of a folder with one user for all."""
    try:
        found = msgspec.json.decode((folder / OLD_FILE).read_bytes(), type=BusAddress)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        hint = "remove it and start the bus again"
        raise BusUnavailable(OLD_FILE, str(error), hint) from error
    return Ports(nats=found.port, mqtt=0, websocket=0)


def _password(folder: Path, user: str) -> str:
    with contextlib.suppress(BusUnavailable):
        if found := BusAddress.read(folder, user).password:
            return found
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody has now, all different."""
    with contextlib.ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in found:
            each.bind((HOST_ADDRESS, 0))
        return [int(each.getsockname()[1]) for each in found]


def _room(folder: Path) -> int:
    """Bytes that the streams may take of this disk."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return STORE_BYTES_MAX
    return max(STORE_BYTES_MIN, min(STORE_BYTES_MAX, (free + _used(folder)) // STORE_PART))


def _used(folder: Path) -> int:
    """Bytes that are stored already."""
    total = 0
    for where, _, names in os.walk(folder / "jetstream"):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(where) / name).stat().st_size
    return total
