"""Where the foreign machines and brokers are; a test that needs one that is absent is skipped."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from linewright.testing.emitted import Emitted, emitted_in
from linewright.testing.machines import Machine, free_port

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".peers"
TO_DO = "`make test-deps` brings it"


def node_modules(peer: str) -> Path:
    """Packages of a peer of npm; skips where they, or Node itself, are absent."""
    found = PEERS / peer / "node_modules"
    if shutil.which("node") is None:
        pytest.skip(f"Node is not installed, which {peer} runs on")
    if not found.is_dir():
        pytest.skip(f"{peer} is not installed: {TO_DO}")
    return found


def python_of(peer: str) -> Path:
    """Interpreter of a peer of Python; skips where it is absent."""
    found = PEERS / peer / "bin" / "python"
    if not found.exists():
        pytest.skip(f"{peer} is not installed: {TO_DO}")
    return found


def mosquitto() -> str:
    """Command of Debian's broker; skips where it is absent."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        pytest.skip(f"mosquitto is not installed: {TO_DO}")
    return found


def profile(name: str) -> dict[str, Any]:
    """One of the recorded limits of real servers; skips where the data folder is not named."""
    folder = os.environ.get("LINEWRIGHT_DATA")
    if not folder:
        pytest.skip("LINEWRIGHT_DATA is not set: it names the folder with the servers' limits")
    told = json.loads(Path(folder, "opcua-limits", "profiles.json").read_bytes())
    (found,) = [each for each in told["profiles"] if each["id"] == name]
    return dict(found)


class NodeOpcua(Machine):
    """A machine on node-opcua; `settings` are those of `node_opcua_server.js`.

    A second life goes on counting behind the first one's last number.
    """

    def __init__(self, folder: Path, name: str = "machine", **settings: Any) -> None:  # noqa: ANN401 - as JSON
        packages = node_modules("node_opcua")
        self.port = int(settings.pop("port", 0)) or free_port()
        self.truth = folder / f"{name}.jsonl"
        self.settings = {"pki": str(folder / f"{name}.pki"), **settings}
        self._config = folder / f"{name}.json"
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(
            ["node", str(HERE / "node_opcua_server.js"), str(self._config)],
            log=folder / f"{name}.log",
            environment={"NODE_PATH": str(packages)},
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"opc.tcp://127.0.0.1:{self.port}"

    @property
    def connect(self) -> dict[str, Any]:
        """Connection of its station in a plant file."""
        return {"opcua": self.url, "namespace": "urn:test:machine", "every": "100 ms"}

    @property
    def tags(self) -> dict[str, Any]:
        """Tags of its station in a plant file: one for each of its variables."""
        count = int(self.settings.get("variables", 100))
        return {f"v{n}": {"node": f"ns=2;s=v{n}", "type": "uint32"} for n in range(count)}

    def start(self) -> "NodeOpcua":
        """Start it, or start it again; settings that were changed meanwhile hold."""
        self.kill()
        told = emitted_in(self.truth, str)
        first = int(max((one.value for one in told if one.tag != "Speed"), default=0))
        whole = {"truth": str(self.truth), "port": self.port, "first": first, **self.settings}
        self._config.write_text(json.dumps(whole), encoding="utf-8")
        super().start()
        return self

    def emitted(self, tag_of: Callable[[str], str | None]) -> list[Emitted]:
        """What it showed so far."""
        return emitted_in(self.truth, tag_of)


class EdgeNode(Machine):
    """A Sparkplug edge node on a library of others: `js`, `psp` or `msw`."""

    def __init__(self, folder: Path, kind: str, **settings: Any) -> None:  # noqa: ANN401 - as JSON
        self.truth = folder / f"{kind}.jsonl"
        self._config = config = folder / f"{kind}.json"
        folder.mkdir(parents=True, exist_ok=True)
        whole = {"truth": str(self.truth), "group": "Plant1", "device": "D1", **settings}
        self.node = whole.setdefault("node", kind.upper())
        self._settings = whole
        environment: Mapping[str, str] = {}
        if kind == "js":
            environment = {"NODE_PATH": str(node_modules("sparkplug_js"))}
            command = ["node", str(HERE / "sparkplug_js.js"), str(config)]
        else:
            python = python_of(f"sparkplug_{kind}")
            command = [str(python), str(HERE / f"sparkplug_{kind}.py"), str(config)]
        super().__init__(command, log=folder / f"{kind}.log", environment=environment)

    def start(self) -> "EdgeNode":
        """Start it with its settings as they are now."""
        self._config.write_text(json.dumps(self._settings), encoding="utf-8")
        super().start()
        return self

    def change(self, **settings: Any) -> None:  # noqa: ANN401 - as JSON
        """Change settings for its next life."""
        self._settings |= settings

    def emitted(self, tag_of: Callable[[str], str | None]) -> list[Emitted]:
        """What it showed so far."""
        return emitted_in(self.truth, tag_of)

    @property
    def connect(self) -> dict[str, Any]:
        """Connection of its station in a plant file."""
        given = self._settings
        found = {"sparkplug": f"{given['group']}/{self.node}/{given['device']}"}
        if "broker" in given:
            found["broker"] = given["broker"]
        return found

    @property
    def tags(self) -> dict[str, Any]:
        """Tags of its station in a plant file: one for each of its metrics."""
        count = self._settings.get("metrics", 10)
        return {f"n{n}": {"metric": f"n{n}", "type": "int32"} for n in range(count)}


Peer = NodeOpcua | EdgeNode


class Mosquitto(Machine):
    """Debian's broker on a port of this computer."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        config = folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n", "utf-8")
        super().__init__([mosquitto(), "-c", str(config)], log=folder / "mosquitto.log")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"mqtt://127.0.0.1:{self.port}"
