"""Configuration of the server; its language takes JSON."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linewright.bus.address import BusAddress
from linewright.bus.permissions import DEVICE, HOST, UP, DeviceTopics, allowed, topic_rights
from linewright.bus.serving.credentials import ACCOUNT, HOST_ADDRESS, Ports

__all__ = ["LOG_FILE", "PID_FILE", "server_name", "settings"]

PAYLOAD_BYTES_MAX = 2_000_000
"""Largest message: a frame or record of 1,000,000 bytes, its headers, and room to grow."""

MEMORY_BYTES_MAX = 64 << 20
"""Memory for consumers that are not kept; nothing of ours is stored in memory."""

DEVICES_BYTES_MAX = 1 << 30
"""Disk for what devices retain, and for what waits for a device that is away."""

SYNC_INTERVAL = "always"
"""What is acknowledged is on the disk, also after a power cut; docs/bus.md has its price."""

LOG_BYTES_MAX, LOG_FILES_MAX = 4 << 20, 3
"""Size of the server's log before a new file is begun, and how many are kept."""

MQTT_PENDING_MAX = 1000
"""Messages that a device may be behind with; further ones wait in its session."""

CONNECTIONS_MAX = 4096
"""Connections of all users together: services are ten, devices a few hundred."""

PID_FILE = "nats.pid"
LOG_FILE = "nats.log"
DEVICES = "DEVICES"
"""Account of the field devices; nothing goes from it to the other or back."""

_NAME_CHARS = 16
_SERVICES_SPEAK, _DEVICES_SPEAK = ["STANDARD", "WEBSOCKET"], ["MQTT"]


def settings(
    folder: Path,
    ports: Ports,
    users: Mapping[str, BusAddress],
    *,
    site: str,
    devices: DeviceTopics,
) -> dict[str, Any]:
    """Return the configuration of a server that keeps everything in `folder`.

    Raises
    ------
    BusUnavailable
        A topic of a device is none that the server can take.
    """
    accounts: dict[str, Any] = {ACCOUNT: _account(users, site, ports.store_bytes)}
    found: dict[str, Any] = {
        "server_name": server_name(folder),
        "listen": f"{HOST_ADDRESS}:{ports.nats}",
        "max_payload": PAYLOAD_BYTES_MAX,
        "max_connections": CONNECTIONS_MAX,
        "pid_file": str(folder / PID_FILE),
        "log_file": str(folder / LOG_FILE),
        "logtime_utc": True,
        "logfile_size_limit": LOG_BYTES_MAX,
        "logfile_max_num": LOG_FILES_MAX,
        "accounts": accounts,
        "jetstream": {
            "store_dir": str(folder),
            "max_memory_store": MEMORY_BYTES_MAX * 2,
            "max_file_store": ports.store_bytes + DEVICES_BYTES_MAX,
            "sync_interval": SYNC_INTERVAL,
        },
        # A page of another origin must not speak to it with the browser of somebody who may.
        "websocket": {
            "listen": f"{HOST_ADDRESS}:{ports.websocket}",
            "no_tls": True,
            "same_origin": True,
        },
    }
    if not devices.is_empty:
        accounts[DEVICES] = _devices(users, devices)
        found["mqtt"] = {
            "listen": f"{HOST_ADDRESS}:{ports.mqtt}",
            "max_ack_pending": MQTT_PENDING_MAX,
        }
    return found


def server_name(folder: Path) -> str:
    """Name by which the server of this folder is known again."""
    return f"linewright-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:_NAME_CHARS]}"


def _account(users: Mapping[str, BusAddress], site: str, store_bytes: int) -> dict[str, Any]:
    listed = []
    for name, address in users.items():
        if name in {DEVICE, HOST}:
            continue
        one = _user(address, _SERVICES_SPEAK)
        listed.append(one if name == UP else one | {"permissions": allowed(name, site)})
    stored = {"max_mem": MEMORY_BYTES_MAX, "max_file": store_bytes}
    return {"jetstream": stored, "users": listed}


def _devices(users: Mapping[str, BusAddress], devices: DeviceTopics) -> dict[str, Any]:
    listed = [
        _user(users[name], _DEVICES_SPEAK) | {"permissions": topic_rights(devices, name)}
        for name in (DEVICE, HOST)
    ]
    stored = {"max_mem": MEMORY_BYTES_MAX, "max_file": DEVICES_BYTES_MAX}
    return {"jetstream": stored, "users": listed}


def _user(address: BusAddress, speaks: list[str]) -> dict[str, Any]:
    return {
        "user": address.user,
        "password": address.password,
        "allowed_connection_types": speaks,
    }
