"""What `up` shows: a line for each change, and for each link that needs a look."""

import time
from pathlib import Path

import pytest

from linewright.cli.running.board import PlantBoard, link_line, links_line
from linewright.server import Plan, Told


@pytest.fixture
def board(tmp_path: Path) -> PlantBoard:
    """A board that writes lines."""
    plan = Plan(data=tmp_path, site="nogales", text="linewright: 1")
    return PlantBoard(plan, LINES.append)


LINES: list[str] = []


@pytest.fixture(autouse=True)
def _empty() -> None:
    LINES.clear()


def test_each_change_is_a_line(board: PlantBoard) -> None:
    """Services and the page are told as the supervisor tells them; a start is not."""
    with board:
        board.tell(Told(name="bus", state="starting"))
        board.tell(Told(name="bus", state="started", pid=7))
        board.tell(Told(name="page", state="http://127.0.0.1:1/#key=k"))
        board.tell(Told(name="refused", state="device d may not read a: declare it"))
        board.say("ending   each service ends in order")
    assert LINES == [
        "bus      started  carries and keeps all messages, pid 7",
        "page     http://127.0.0.1:1/#key=k",
        "refused  device d may not read a: declare it",
        "ending   each service ends in order",
    ]


def test_a_server_that_is_joined_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody says of a NATS server that is not ours that it reads its store."""
    url = "nats://127.0.0.1:1"
    plan = Plan(data=tmp_path, site="nogales", text="linewright: 1", nats=url)
    said = ""
    with PlantBoard(plan, LINES.append) as shown:
        shown.tell(Told(name="bus", state="starting"))
        for _ in range(600):
            said += capsys.readouterr().err
            if said:
                break
            time.sleep(0.05)
    assert said == "the NATS server is waited for ...\n"


def test_links_are_told_when_they_change(board: PlantBoard) -> None:
    """How many are in each state, and which one is not reached, why, and what to do; once."""
    lost = {"source": "saw", "state": "lost", "why": "no answer", "next_step": "look at its cable"}
    well = {"source": "mill", "state": "connected"}
    for _ in range(2):
        board.show_links([lost, well])
    board.show_links([lost | {"state": "connected", "why": "", "next_step": ""}, well])
    board.show_links(None)
    assert LINES == [
        "links    1 connected, 1 lost",
        "link     saw lost: no answer (look at its cable)",
        "links    2 connected",
        "link     saw connected",
    ]


def test_a_report_that_is_old_is_not_green(board: PlantBoard) -> None:
    """A link that was not told for long is counted as that, and a line says where to look."""
    board.show_links([{"source": "saw", "state": "connected", "told_ns": time.time_ns()}])
    board.show_links([{"source": "saw", "state": "connected", "told_ns": 1}])
    assert LINES[:2] == ["links    1 connected", "links    1 not told"]
    assert LINES[2].startswith("link     saw not told: `connect` does not get on with it")


def test_a_command_names_its_source(board: PlantBoard) -> None:
    """What is to be done can be typed as it stands, and a reason without end is cut."""
    board.show_links(
        [
            {"source": "saw", "state": "untrusted", "next_step": "then `linewright trust`"},
            {"source": "mill", "state": "lost", "why": "n" * 5000},
        ]
    )
    assert LINES[1] == "link     saw untrusted (then `linewright trust saw`)"
    assert len(LINES[2]) < 300


def test_a_play_that_is_prepared(board: PlantBoard) -> None:
    """While its clock is not heard it is said what is waited for, and then that it runs; once."""
    for t_ms in (None, None, 7, 8, None, 9):
        board.show_play(t_ms)
    assert [line.split()[1] for line in LINES] == ["is", "runs"]


def test_a_play_that_runs_at_once(board: PlantBoard) -> None:
    """Where nobody had to wait nothing is said."""
    for t_ms in (7, None, 8):
        board.show_play(t_ms)
    assert LINES == []


def test_what_is_odd_is_told_all_the_same() -> None:
    """A report without its fields makes a line, not an error."""
    assert link_line({}) == "link     ? ?"
    assert links_line([{}, {"state": "lost"}]) == "1 lost, 1 not known"
