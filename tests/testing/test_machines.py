"""A foreign process under control: it starts, answers, freezes, dies and comes back."""

import socket
import sys
import time
from pathlib import Path

import pytest

from linewright.testing.machines import Machine, MachineFailed, free_port

ECHO = """
import json, sys
print(json.dumps({"ready": {"port": 7}}), flush=True)
for line in sys.stdin:
    print(json.dumps({"done": json.loads(line)}), flush=True)
"""

TICK = """
import json, time
print(json.dumps({"ready": {}}), flush=True)
while True:
    print(json.dumps({"tick": time.time()}), flush=True)
    time.sleep(0.01)
"""


def machine(folder: Path, program: str) -> Machine:
    """A Python program as a machine."""
    return Machine([sys.executable, "-c", program], log=folder / "machine.log")


def test_it_says_that_it_serves_and_does_what_it_is_told(tmp_path: Path) -> None:
    """Lines of JSON go both ways."""
    with machine(tmp_path, ECHO) as echo:
        assert echo.ready() == {"port": 7}
        echo.tell({"shift_ms": 5})
        assert echo.lines()[-1] == {"done": {"shift_ms": 5}}


def test_a_frozen_machine_stands_still_and_goes_on(tmp_path: Path) -> None:
    """SIGSTOP and SIGCONT; nothing is printed between."""
    with machine(tmp_path, TICK) as ticking:
        ticking.ready()
        ticking.freeze()
        time.sleep(0.1)
        before = len(ticking.lines())
        time.sleep(0.3)
        assert len(ticking.lines()) == before
        ticking.thaw()
        end_s = time.monotonic() + 20.0
        while len(ticking.lines()) == before and time.monotonic() < end_s:
            time.sleep(0.05)
        assert len(ticking.lines()) > before


def test_a_killed_machine_can_be_started_again(tmp_path: Path) -> None:
    """Also one that is frozen; its second life has another process."""
    with machine(tmp_path, TICK) as ticking:
        ticking.ready()
        first = ticking.pid
        ticking.freeze()
        ticking.kill()
        assert ticking.pid == 0
        ticking.start().ready()
        assert ticking.pid not in {0, first}
        ticking.stop()
        assert ticking.pid == 0


def test_one_that_ends_by_itself_says_why(tmp_path: Path) -> None:
    """The end of its log is in the failure."""
    failing = "import sys; sys.exit('no such licence')"
    with (
        machine(tmp_path, failing) as dead,
        pytest.raises(MachineFailed, match="ended with 1 before it was ready\nno such licence"),
    ):
        dead.ready()


def test_a_port_that_nobody_opens_is_waited_for_in_vain(tmp_path: Path) -> None:
    """And one that is there is found."""
    with machine(tmp_path, ECHO) as echo:
        with pytest.raises(MachineFailed, match="did not listen"):
            echo.wait_for_port(free_port(), wait_s=0.2)
        with socket.create_server(("127.0.0.1", 0)) as server:
            echo.wait_for_port(server.getsockname()[1])
