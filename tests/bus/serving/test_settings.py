"""The configuration: loopback only, accounts apart, and bounds on everything that grows."""

from pathlib import Path
from typing import Any

from linewright.bus import DeviceTopics
from linewright.bus.serving.credentials import Ports, addresses
from linewright.bus.serving.settings import settings

PORTS = Ports(nats=4222, mqtt=1883, websocket=8080, store_bytes=1 << 30)


def made(folder: Path, devices: DeviceTopics) -> dict[str, Any]:
    """Return the settings of a server for one site."""
    users = addresses(folder, PORTS, site="nogales", devices=devices)
    return settings(folder, PORTS, users, site="nogales", devices=devices)


def test_every_listener_is_on_loopback(tmp_path: Path) -> None:
    """NATS, MQTT and WebSocket listen on 127.0.0.1; a page of another origin is refused."""
    found = made(tmp_path, DeviceTopics(publish=("a",)))
    assert found["listen"] == "127.0.0.1:4222"
    assert found["mqtt"]["listen"] == "127.0.0.1:1883"
    assert found["websocket"]["listen"] == "127.0.0.1:8080"
    assert found["websocket"]["same_origin"]


def test_accounts_share_nothing(tmp_path: Path) -> None:
    """Devices have an account of their own, without import or export, and speak MQTT alone."""
    accounts = made(tmp_path, DeviceTopics(publish=("a",)))["accounts"]
    assert set(accounts) == {"LW", "DEVICES"}
    for account in accounts.values():
        assert set(account) == {"jetstream", "users"}
        assert all(bound > 0 for bound in account["jetstream"].values())
    speaks = {
        each["user"]: each["allowed_connection_types"] for each in accounts["DEVICES"]["users"]
    }
    assert speaks == {"device": ["MQTT"], "host": ["MQTT"]}


def test_only_up_has_no_permissions(tmp_path: Path) -> None:
    """Every other user has a list of what it may; without devices there is no account for them."""
    found = made(tmp_path, DeviceTopics())
    assert "mqtt" not in found
    assert set(found["accounts"]) == {"LW"}
    free = [each["user"] for each in found["accounts"]["LW"]["users"] if "permissions" not in each]
    assert free == ["up"]


def test_the_accounts_fit_the_server(tmp_path: Path) -> None:
    """What both accounts may store is what the server may."""
    found = made(tmp_path, DeviceTopics(publish=("a",)))
    stored = sum(each["jetstream"]["max_file"] for each in found["accounts"].values())
    assert stored == found["jetstream"]["max_file_store"]
    assert found["jetstream"]["sync_interval"] == "always"
