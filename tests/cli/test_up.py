"""`linewright up`: what is wrong with what was asked, before anything is started."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linewright.cli.ending import Failed
from linewright.cli.running.up import Options, plan_of, start
from linewright.server import Plan
from linewright.server.folder import Belongs, write_belongs
from linewright.server.signing import Wanted
from tests.cli.conftest import SMALL, Ran

Run = Callable[..., Ran]
ROOT = Path(__file__).resolve().parents[2]
BRACKET = ROOT / "plants" / "bracket"
TOOL = str(BRACKET / "scenarios" / "worn-tool.yaml")
TALLER = ROOT / "plants" / "taller"
DIRTY = str(TALLER / "scenarios" / "dirty.yaml")


def test_every_problem_is_told(plant: Path, tmp_path: Path, run: Run) -> None:
    """A plant with errors is not started; the code is 2 and it is said how to see all."""
    plant.write_text(SMALL.replace("48 s", "48").replace("60 s", "60"), encoding="utf-8")
    ran = run("up", plant, "--data", tmp_path / "data")
    assert ran.code == 2
    assert "has 2 errors" in ran.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--site", "rino"], "there is no site `rino`"),
        (["--as", "p7"], "`p7` is no person with a role"),
        (["--as", "p7:king"], "`p7:king` is no person with a role"),
        (["--as", "p 7:operator"], "is no person with a role"),
        (["--from", "2026-11-23 08:57"], "are for a play"),
        (["--speed", "20"], "are for a play"),
        (["--emulate", "--from", "soon"], "`soon` is no time"),
        (["--emulate", "--from", "2026-11-23T08:57+01:00"], "has a time zone"),
        (["--emulate", "--from", "0001-01-01 00:00"], "is no time that the play can show"),
        (["--emulate", "--speed", "nan"], "nan is no number"),
        (["--emulate", "--speed", "0"], "0.1<=x<=100"),
        (["--port", "70000"], "0<=x<=65535"),
        (["--scenario", TOOL], "cannot be used"),
        (["--nats-server", TOOL], "worn-tool.yaml` is no program (see --nats-server)"),
        (["--nats", "http://h"], "http://h: is no URL of a NATS server (write nats://HOST:PORT)"),
        (["--nats", "nats://h", "--nats-server", "f"], "both name a server"),
        (["--host", "reno.local"], "`reno.local` is no address of this machine"),
        (["--tls-cert", "a.pem"], "--tls-cert and --tls-key belong together"),
    ],
)
def test_wrong_use(words: list[str], said: str, plant: Path, tmp_path: Path, run: Run) -> None:
    """What cannot be done is told before anything is made, and ends with 2."""
    ran = run("up", plant, "--data", tmp_path / "data", *words)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "data").exists()


def test_a_play_cannot_be_seen_before_it_begins(tmp_path: Path) -> None:
    """A --from before the scenario is refused with its start; its start itself is not."""
    options = Options(data=tmp_path, scenario=TOOL, start="2026-11-23 05:59")
    with pytest.raises(Failed, match="before the start of the scenario, 2026-11-23 06:00:00"):
        plan_of(str(BRACKET), options)
    same = Options(data=tmp_path, scenario=TOOL, start="2026-11-23 06:00")
    assert plan_of(str(BRACKET), same).start == "2026-11-23 06:00"


def test_a_play_that_takes_long_to_be_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """More than half a day that the play goes forward unseen is told beforehand."""
    for local, said in [("2026-11-23 18:00", False), ("2026-11-25 06:00", True)]:
        plan_of(str(BRACKET), Options(data=tmp_path, scenario=TOOL, start=local))
        assert ("goes forward 48 h unseen" in capsys.readouterr().out) is said


def test_what_does_not_run_yet_is_told(
    plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What of a plant cannot be played or read is told before the start, a line each."""
    plan_of(str(plant), Options(data=tmp_path, emulate=True))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"`{plant}` is in order")
    assert lines[1].startswith("not yet  3 of 3 stations show nothing")
    plan_of(str(BRACKET), Options(data=tmp_path, emulate=True))
    assert "not yet" not in capsys.readouterr().out
    plan_of(str(TALLER), Options(data=tmp_path, scenario=DIRTY))
    assert "energy.compressor (peak) is not played" in capsys.readouterr().out


def _plan(folder: Path, **more: Any) -> Plan:  # noqa: ANN401  # fields of the plan
    return Plan(data=folder, site="nogales", text="linewright: 1", **more)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A data folder that cannot be made is told with its place and what to do."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(Failed, match="cannot be used: Not a directory") as refused:
        asyncio.run(start(_plan(tmp_path / "file" / "data")))
    assert str(tmp_path) in refused.value.message
    assert "--data" in refused.value.to_do


def test_a_folder_of_another_site(tmp_path: Path) -> None:
    """A folder of another site, or of a play, is refused before anything is started."""
    for belongs, said in [
        (Belongs(site="reno", emulated=False), "holds the site `reno`, not `nogales`"),
        (Belongs(site="nogales", emulated=True), "holds an emulated plant, not a real plant"),
    ]:
        write_belongs(tmp_path, belongs)
        with pytest.raises(Failed, match=said):
            asyncio.run(start(_plan(tmp_path)))
    assert not (tmp_path / "nats.conf").exists()
    assert not (tmp_path / "up.json").exists()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """A port of another program is refused before anything is started, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=f"port {port} cannot be used") as refused:
            asyncio.run(start(_plan(tmp_path, port=port)))
    assert "--port" in refused.value.to_do
    assert not (tmp_path / "nats.conf").exists()


def test_a_plant_of_several_sites(tmp_path: Path) -> None:
    """Where a plant has several sites, one must be named; then it is that one."""
    options = Options(data=tmp_path)
    with pytest.raises(Failed, match="has 3 sites") as refused:
        plan_of(str(ROOT / "plants" / "corridor"), options)
    assert "--site" in refused.value.to_do
    named = Options(data=tmp_path, site="nogales")
    assert plan_of(str(ROOT / "plants" / "corridor"), named).site == "nogales"


def test_the_plan_of_a_play(tmp_path: Path) -> None:
    """A scenario makes it a play at the scenario's own speed; real machines have neither."""
    played = plan_of(str(BRACKET), Options(data=tmp_path, scenario=TOOL, person="p7:quality"))
    assert played.scenario == Path(TOOL).read_text("utf-8")
    assert (played.speed, played.person, played.role) == (30.0, "p7", "quality")
    assert "emulate" in played.services
    assert plan_of(str(BRACKET), Options(data=tmp_path, emulate=True)).scenario == ""
    real = plan_of(str(BRACKET), Options(data=tmp_path))
    file, line = real.written["nogales/machining/bracket/saw#blade_temp"].split(":")
    assert file == "plant.yaml"
    assert "blade_temp:" in (BRACKET / "plant.yaml").read_text("utf-8").split("\n")[int(line) - 1]
    assert real.scenario is None
    assert "emulate" not in real.services


def test_where_the_page_is_served(tmp_path: Path) -> None:
    """On this machine alone when nothing is said; elsewhere with names and files made absolute."""
    plain = plan_of(str(BRACKET), Options(data=tmp_path, emulate=True))
    assert plain.listen == Wanted()
    wanted = Options(
        data=tmp_path,
        emulate=True,
        host="0.0.0.0",  # noqa: S104  # what is tested
        names=("reno.local",),
        tls_cert="a.pem",
        tls_key="a.key",
    )
    found = plan_of(str(BRACKET), wanted).listen
    assert (found.host, found.names) == ("0.0.0.0", ("reno.local",))  # noqa: S104  # what is tested
    assert Path(found.chain).is_absolute()
    assert Path(found.key).name == "a.key"


def test_a_certificate_that_cannot_be_used(tmp_path: Path) -> None:
    """A certificate that is not there keeps the plant from starting."""
    plan = plan_of(
        str(BRACKET),
        Options(data=tmp_path / "data", emulate=True, tls_cert="none.pem", tls_key="none.key"),
    )
    with pytest.raises(Failed, match="there is no certificate in PEM"):
        asyncio.run(start(plan))


def test_a_past_is_asked_for_by_its_length(tmp_path: Path) -> None:
    """It is for plays alone, no longer than a month, and needs time before the play is seen."""
    late = Options(data=tmp_path, scenario=TOOL, start="2026-11-23 08:57", past="1.5 h")
    assert plan_of(str(BRACKET), late).past_s == 5400.0
    now = Options(data=tmp_path, emulate=True, past="3 d")
    assert plan_of(str(BRACKET), now).past_s == 3 * 86_400.0
    refused = [
        (Options(data=tmp_path, past="3 d"), "is for a play"),
        (Options(data=tmp_path, emulate=True, past="32 d"), "is too long"),
        (Options(data=tmp_path, emulate=True, past="soon"), "is no span of time"),
        (Options(data=tmp_path, scenario=TOOL, past="3 d"), "there is no time for a past"),
    ]
    for options, said in refused:
        with pytest.raises(Failed, match=said):
            plan_of(str(BRACKET), options)
