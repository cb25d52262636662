"""What people may do about a call, and what is refused."""

import msgspec
import pytest

from linewright.live.calls import CallAct, CallNow, CallRefused, act, learn, raise_call
from linewright.plant.records import CallEvent, CallKind, Role
from tests.live.calls.floor import at, raised
from tests.live.floor import MILL


def _wanted(event: CallEvent, seconds: float = 5) -> CallAct:
    return CallAct(event=event, by="p9", now_ns=at(seconds), plant_rev="r1")


def _code(now: CallNow | None, event: CallEvent) -> str:
    with pytest.raises(CallRefused) as found:
        act(now, _wanted(event))
    assert found.value.what
    return found.value.code


def test_a_call_asks_the_first_role_of_its_kind() -> None:
    """Unless another is named; it is a person's, and its text and material go with it."""
    wanted = msgspec.structs.replace(
        _wanted(CallEvent.RAISED), kind=CallKind.MATERIAL, text="bars", material="h88"
    )
    made = raise_call(MILL, wanted)
    assert (made.to, made.by, made.material, made.how.value) == (
        Role.OPERATOR,
        "p9",
        "h88",
        "person",
    )
    named = msgspec.structs.replace(wanted, to=Role.MANAGER)
    assert raise_call(MILL, named).to is Role.MANAGER
    with pytest.raises(CallRefused):
        raise_call(MILL, _wanted(CallEvent.ARRIVED))


def test_acts_lead_to_the_end_and_no_further() -> None:
    """Acknowledged, arrived, resolved; a call that has ended takes nothing more."""
    now = learn(None, raised())
    for n, event in enumerate((CallEvent.ACKNOWLEDGED, CallEvent.ARRIVED, CallEvent.RESOLVED)):
        now = learn(now, act(now, _wanted(event, n + 5)))
        assert now.status == event.value
    assert _code(now, CallEvent.ACKNOWLEDGED) == "ended"


def test_acknowledging_twice_is_harmless() -> None:
    """The second record changes nothing."""
    now = learn(None, raised())
    once = learn(now, act(now, _wanted(CallEvent.ACKNOWLEDGED)))
    assert learn(once, act(once, _wanted(CallEvent.ACKNOWLEDGED, 9))) == once


def test_what_cannot_be_done_is_refused() -> None:
    """No such call, or nothing that people do to one."""
    now = learn(None, raised())
    assert _code(None, CallEvent.ARRIVED) == "unknown"
    assert _code(now, CallEvent.ESCALATED) == "no_act"
    assert _code(now, CallEvent.RAISED) == "no_act"
