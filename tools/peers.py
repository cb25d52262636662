"""Machines, brokers, edge nodes and simulators of others, for tests and benchmarks beside them.

`make test-deps` puts them into `.peers`, each once. What cannot be had is said, never an error: the
tests that need it are skipped, and say so. Nothing here is part of the product.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.environment import ROOT, python_of, say

PEERS = ROOT / ".peers"
INSTALL_S = 600.0
"""Longest installation of one peer; a registry that hangs must not hold up the tests."""

SAID_CHARS = 300
"""How much of an installer's complaint is shown."""


class Peer(NamedTuple):
    """One set of foreign packages that live in a folder of their own, at exact versions."""

    name: str
    kind: str
    """`npm` or `pip`."""
    packages: tuple[str, ...]


WANTED = (
    Peer("node_opcua", "npm", ("node-opcua@2.186.4",)),
    Peer("sparkplug_js", "npm", ("sparkplug-client@3.2.4",)),
    Peer("sparkplug_psp", "pip", ("pysparkplug==0.6.1", "paho-mqtt==1.6.1")),
    Peer("sparkplug_msw", "pip", ("mqtt-spb-wrapper==2.1.2", "protobuf==3.20.3")),
    Peer("twin_ciw", "pip", ("ciw==3.2.7",)),
    Peer("twin_salabim", "pip", ("salabim==26.0.9",)),
    Peer("twin_prodsys", "pip", ("prodsys==1.3.1",)),
    Peer("twin_nagasim", "pip", ("nagasim==0.18.0",)),
)
"""pysparkplug and mqtt-spb-wrapper cannot share an environment: they need other protobufs; nor can
the simulators of the benchmark `twin`, which need other numpys."""

DEBIAN = {"mosquitto": "mosquitto", "mosquitto_pub": "mosquitto-clients"}
"""Command that must be there, and the Debian package that has it."""


def install() -> list[str]:
    """Bring every peer that is missing; what could not be had, one reason each."""
    PEERS.mkdir(exist_ok=True)
    absent = [reason for peer in WANTED if (reason := _one(peer))]
    return absent + _debian()


def _one(peer: Peer) -> str:
    folder, stamp = PEERS / peer.name, PEERS / f"{peer.name}.txt"
    wanted = "\n".join(peer.packages) + "\n"
    if folder.is_dir() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    say(f"installing {', '.join(peer.packages)} into .peers")
    reason = _npm(folder, peer.packages) if peer.kind == "npm" else _pip(folder, peer.packages)
    if reason:
        shutil.rmtree(folder, ignore_errors=True)
        return f"{peer.name}: {reason}"
    stamp.write_text(wanted, encoding="utf-8")
    return ""


def _npm(folder: Path, packages: Sequence[str]) -> str:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "Node with npm is not installed"
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    return _tried([npm, "install", "--silent", *options, *packages], folder)


def _pip(folder: Path, packages: Sequence[str]) -> str:
    reason = _tried([sys.executable, "-m", "venv", str(folder)], PEERS)
    pip = [str(python_of(folder)), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    return reason or _tried([*pip, *packages], folder)


def _debian() -> list[str]:
    missing = [package for command, package in DEBIAN.items() if not _which(command)]
    if not missing:
        return []
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return [f"{name}: not installed, and only root may" for name in missing]
    say(f"installing {', '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _tried(["apt-get", "update", "-qq"], PEERS, environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    reason = _tried(command, PEERS, environment)
    return [f"{', '.join(missing)}: {reason}"] if reason else []


def _which(command: str) -> bool:
    return shutil.which(command) is not None or Path("/usr/sbin", command).exists()


def _tried(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run it; why it failed, or nothing."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)[:SAID_CHARS]
    said = " ".join((done.stderr or done.stdout).split())[-SAID_CHARS:]
    return f"{command[0]} failed: {said}" if done.returncode else ""
