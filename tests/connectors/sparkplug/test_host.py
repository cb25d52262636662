"""A host application keeps to the specification, and keeps the data of nodes that do not."""

from typing import TypeVar

import pytest

from linewright.connectors.sparkplug.datatypes import DataType
from linewright.connectors.sparkplug.host import begin, failed
from linewright.connectors.sparkplug.node import (
    BAD_NO_DATA,
    BAD_TYPE,
    MEMBERS_MAX,
    UNCERTAIN,
    Asked,
    Born,
    Died,
    Event,
    Message,
    Missed,
    Noted,
    Rules,
    Told,
    weighed,
)
from linewright.connectors.sparkplug.payload import DataSet, Metric, Payload, Template
from linewright.connectors.sparkplug.topics import Kind
from tests.connectors.sparkplug.hosting import REBIRTH, Host, bd_seq, metric
from tests.connectors.sparkplug.recordings import Heard, played


def data(value: int, alias: int = 2) -> Metric:
    """A value as data brings it: by its alias, unsigned, without a datatype."""
    return Metric(alias=alias, value=value % 2**32)


# --- the specification


def test_a_negative_number_keeps_its_sign() -> None:
    """Data without a datatype have that of the birth."""
    host = Host().born()
    host.hear("DDATA", data(-12), seq=2)
    assert [(each.name, each.value) for each in host.told()] == [("m", -12)]


def test_tck_id_operational_behavior_edge_node_termination_host_action_ndeath() -> None:
    """A node's death ends it and all of its devices at once."""
    host = Host().born()
    died = [each for each in host.hear("NDEATH", bd_seq(0)) if isinstance(each, Died)]
    assert [each.device for each in died] == [None, "D1"]
    assert not host.node.scopes[None].lives
    assert not host.node.scopes["D1"].lives


def test_tck_id_operational_behavior_edge_node_termination_host_action_ddeath() -> None:
    """A device's death ends it alone."""
    host = Host().born()
    died = [each for each in host.hear("DDEATH", seq=2) if isinstance(each, Died)]
    assert [each.device for each in died] == ["D1"]
    assert host.node.scopes[None].lives


def test_tck_id_operational_behavior_host_reordering_start() -> None:
    """A message that is out of turn waits, and nothing is asked for yet."""
    host = Host().born()
    assert host.hear("DDATA", data(30), seq=3) == []
    assert host.wait(0.5) == []


def test_tck_id_operational_behavior_host_reordering_success() -> None:
    """When the missing message comes in time, all are told in their order, and nothing is lost."""
    host = Host().born()
    host.hear("DDATA", data(40), seq=4)
    host.hear("DDATA", data(30), seq=3)
    host.hear("DDATA", data(20), seq=2)
    host.wait(5)
    assert [each.value for each in host.told()] == [20, 30, 40]
    assert host.of(Missed) == []
    assert host.asked == 0


def test_tck_id_operational_behavior_host_reordering_rebirth() -> None:
    """When it does not come in time, births are asked for, and the loss is said."""
    host = Host().born()
    host.hear("DDATA", data(40), seq=4)
    events = host.wait(1.0)
    missed, told, asked = events
    assert isinstance(missed, Missed)
    assert missed.whole
    assert isinstance(told, Told)
    assert told.readings[0].value == 40
    assert isinstance(asked, Asked)


def test_tck_id_operational_behavior_host_reordering_param() -> None:
    """How long is waited is a parameter."""
    host = Host(Rules(reorder_s=3.0)).born()
    host.hear("DDATA", data(40), seq=4)
    assert host.wait(2.5) == []
    assert any(isinstance(each, Missed) for each in host.wait(1.0))


def test_waiting_messages_are_bounded() -> None:
    """More than the bound are not kept back, however young they are."""
    host = Host(Rules(reorder_max=5)).born()
    for seq in range(4, 10):
        host.hear("DDATA", data(seq), seq=seq)
    assert [each.value for each in host.told()] == [4, 5, 6, 7, 8, 9]
    assert len(host.of(Missed)) == 1


def test_sequence_numbers_begin_again_after_255() -> None:
    """A turn of the numbers is no loss."""
    host = Host().born()
    for number in range(2, 600):
        host.hear("DDATA", data(number), seq=number % 256)
    assert [each.value for each in host.told()] == list(range(2, 600))
    assert host.of(Missed) == []


def test_a_message_that_is_delivered_twice_is_told_once() -> None:
    """The same number and time again are the same message."""
    host = Host().born()
    host.hear("DDATA", data(20), seq=2, ms=7)
    host.hear("DDATA", data(20), seq=2, ms=7)
    host.hear("DDATA", data(30), seq=3, ms=8)
    assert [each.value for each in host.told()] == [20, 30]
    assert host.of(Missed) == []


def test_aliases_end_with_the_next_birth() -> None:
    """What the newest birth says of an alias holds, also where an older one said otherwise."""
    host = Host().born()
    host.hear("NBIRTH", metric("n", alias=1), bd_seq(0), REBIRTH, seq=0)
    host.hear("DBIRTH", metric("other", alias=2), seq=1)
    host.hear("DDATA", data(9), seq=2)
    assert [each.name for each in host.told()] == ["other"]


def test_devices_may_have_the_same_aliases() -> None:
    """An alias is looked up among those of its own device first: some libraries count anew."""
    host = Host()
    host.hear("NBIRTH", metric("n", alias=1), bd_seq(0), REBIRTH, seq=0)
    host.hear("DBIRTH", metric("m", alias=1), seq=1)
    host.hear("DDATA", data(9, alias=1), seq=2)
    host.hear("NDATA", data(8, alias=1), seq=3)
    assert [(each.name, each.value) for each in host.told()] == [("m", 9), ("n", 8)]


def test_an_unknown_alias_is_a_gap_and_asks_for_births() -> None:
    """It never becomes a value under an invented name; the rest of the message is told."""
    host = Host().born()
    missed, asked, told = host.hear("DDATA", data(1, alias=17), data(20), seq=2)
    assert isinstance(missed, Missed)
    assert "alias 17" in missed.why
    assert missed.refused
    assert isinstance(asked, Asked)
    assert isinstance(told, Told)
    assert [each.name for each in told.readings] == ["m"]


def test_births_are_asked_for_seldom() -> None:
    """A node that loses every message is asked at most every two seconds, then once a minute."""
    host = Host().born()
    for number in range(40):
        host.hear("DDATA", data(1, alias=17), seq=(2 + number) % 256)
        host.wait(0.25)
    assert host.asked == 3
    host.wait(61)
    host.hear("DDATA", data(1, alias=17), seq=42)
    assert host.asked == 4


def test_data_before_any_birth_ask_for_it_and_are_told_after_it() -> None:
    """What carries its own name and datatype waits for the birth, and is late then."""
    host = Host()
    host.hear("DDATA", metric("m", -3), seq=9, ms=50)
    assert host.asked == 1
    host.born()
    (told,) = host.of(Told)
    assert told.is_historical
    assert (told.readings[0].value, told.readings[0].timestamp_ms) == (-3, 50)


def test_births_are_asked_for_at_the_beginning() -> None:
    """A node that says nothing was perhaps born before we listened."""
    host = Host()
    host.wait(0.75)
    assert host.asked == 0
    host.wait(0.5)
    assert host.asked == 1
    host.born()
    host.wait(10)
    assert host.asked == 1


def test_a_birth_that_goes_on_is_no_gap() -> None:
    """Births that were asked for, and nothing missed: each goes on."""
    host = Host().born()
    host.events = []
    host.born()
    assert [(each.device, each.goes_on) for each in host.of(Born)] == [(None, True), ("D1", True)]
    assert host.of(Missed) == []


def test_a_new_session_without_a_death_is_a_gap() -> None:
    """Another bdSeq says that a session ended meanwhile."""
    host = Host().born(bd=3)
    host.hear("NBIRTH", metric("n", alias=1), bd_seq(4), REBIRTH, seq=0)
    (missed,) = host.of(Missed)
    assert missed.whole


def test_a_device_that_is_not_born_again_is_dead() -> None:
    """After the birth of its node a device has five seconds."""
    host = Host().born()
    host.hear("NBIRTH", metric("n", alias=1), bd_seq(0), REBIRTH, seq=0)
    assert host.of(Died) == []
    host.wait(5.25)
    assert [each.device for each in host.of(Died)] == ["D1"]


def test_after_a_loss_of_the_broker_nothing_is_taken_for_known() -> None:
    """Aliases of before are no longer understood; datatypes under their names are."""
    host = Host().born()
    host.node = begin(host.node, host.now_ns)
    host.hear("DDATA", data(9), seq=2)
    assert host.told() == []
    assert host.asked == 1


def test_null_faults_and_quality_are_bad_values() -> None:
    """None of them is ever told as a good value."""
    host = Host().born()
    null = Metric(alias=2, is_null=True)
    text = Metric(alias=2, value="x", datatype=DataType.STRING)
    stale = Metric(alias=2, value=1, properties={"Quality": 500})
    huge = Metric(name="big", value=2**63, datatype=DataType.UINT64)
    host.hear("DDATA", null, text, stale, huge, seq=2)
    statuses = [each.status for each in host.told()]
    assert statuses == [BAD_NO_DATA, BAD_TYPE, 0x40900000, UNCERTAIN]
    assert [each.value for each in host.told()] == [None, None, 1, 2**63]


def test_members_of_a_template_have_the_types_of_its_definition() -> None:
    """An instance without datatypes is understood by what its definition says."""
    host = Host()
    definition = Template(is_definition=True, metrics=(metric("rpm"),))
    instance = Template(template_ref="Motor", metrics=(Metric(name="rpm", value=1),))
    made = Metric(name="_types_/Motor", value=definition, datatype=DataType.TEMPLATE)
    motor = Metric(name="motor", alias=3, value=instance, datatype=DataType.TEMPLATE)
    host.hear("NBIRTH", made, motor, bd_seq(0), REBIRTH, seq=0)
    later = Template(template_ref="Motor", metrics=(Metric(name="rpm", value=2**32 - 7),))
    host.hear("NDATA", Metric(alias=3, value=later), seq=1)
    (reading,) = host.told()
    assert reading.value.metrics[0].value == -7


def test_what_waits_without_a_birth_is_bounded() -> None:
    """Beyond the bound the oldest is a gap."""
    host = Host(Rules(aside_max=3))
    for number in range(5):
        host.hear("DDATA", metric("m", number), seq=number)
    assert len(host.of(Missed)) == 2
    assert len(host.node.aside) == 3


def test_a_message_without_a_number_is_taken() -> None:
    """It is said that a loss would not be seen, and numbering goes on."""
    host = Host().born()
    host.hear("DDATA", data(20))
    host.hear("DDATA", data(30), seq=2)
    assert [each.value for each in host.told()] == [20, 30]
    assert any("no sequence number" in each.what for each in host.of(Noted))


def test_commands_of_others_are_passed_over() -> None:
    """What is said to a node is not said by it."""
    host = Host().born()
    assert host.hear("NCMD", REBIRTH) == []


def test_one_that_was_there_before_us_dies_by_its_will() -> None:
    """Its birth was never heard; its death certificate is believed, it does not stay green."""
    host = Host()
    for number in range(4):
        host.hear("DDATA", metric("m", number), seq=number)
        host.wait(20.0)
    assert {scope.phase for scope in host.node.scopes.values() if scope.lives} == {"adopted"}
    host.events = []
    host.hear("NDEATH", bd_seq(7))
    assert "D1" in [each.device for each in host.of(Died)]


# --- deaths that are not of this session


def test_a_death_of_an_older_session_is_not_believed_while_the_node_speaks() -> None:
    """It is checked: births are asked for, and whatever comes proves the node alive."""
    host = Host().born(bd=5)
    host.hear("NDEATH", bd_seq(4))
    assert host.asked == 1
    host.hear("DDATA", data(20), seq=2)
    host.wait(10)
    assert host.of(Died) == []


def test_a_death_of_an_older_session_is_believed_after_silence() -> None:
    """A node that neither answers nor speaks is dead."""
    host = Host().born(bd=5)
    host.hear("NDEATH", bd_seq(4))
    host.wait(4.5)
    assert host.of(Died) == []
    host.wait(1)
    assert [each.device for each in host.of(Died)] == [None, "D1"]


# --- three real nodes (README of the recordings)


E = TypeVar("E", bound=Event)


def events(heard: list[Heard], kind: type[E], first: int, last: int) -> list[E]:
    """Events of a kind that messages of a range made."""
    return [event for index, event in heard if first <= index <= last and isinstance(event, kind)]


def test_js_bd_seq_that_is_always_0_still_ends_each_session() -> None:
    """Each death is believed, and each birth after it begins anew."""
    _, heard = played("js")
    deaths = [index for index, event in heard if isinstance(event, Died) and event.device is None]
    assert deaths == [340, 346, 353, 365]
    births = [index for index, event in heard if isinstance(event, Born) and not event.goes_on]
    assert births == [1, 2, 38, 341, 342, 349, 350, 354, 355]


def test_js_data_queued_before_the_birth_are_told_as_late() -> None:
    """Both queued values are told once, after the birth, with the times they were sent with."""
    _, heard = played("js")
    late = [
        (index, reading.value, reading.timestamp_ms)
        for index, event in heard
        if isinstance(event, Told) and event.is_historical and index >= 346
        for reading in event.readings
        if reading.name == "i32"
    ]
    assert late == [(350, -337, 1795317720598), (350, -338, 1795317722098)]


def test_js_compressed_messages_keep_their_place() -> None:
    """A host that ignored them would see a gap; the only one is the jump made on purpose."""
    _, heard = played("js")
    missed = [(index, event.why) for index, event in heard if isinstance(event, Missed)]
    assert missed == [
        (31, "3 messages before number 11 are lost"),
        (33, "no birth announced alias 999"),
    ]
    assert [each.readings[0].value for each in events(heard, Told, 25, 26)] == [-77, -78]


def test_js_unknown_alias_and_missing_value_are_never_values() -> None:
    """Alias 999 becomes nothing; datatype 0 without a value is bad."""
    _, heard = played("js")
    assert [each.readings for each in events(heard, Told, 33, 33)] == [()]
    (reading,) = events(heard, Told, 35, 35)[0].readings
    assert (reading.name, reading.value) == ("i32", None)
    assert reading.status >> 30 == 2


def test_psp_rebirth_that_is_never_answered_is_asked_for_once() -> None:
    """It offers no such metric: one try, and it is said."""
    node, heard = played("psp")
    assert sum(isinstance(event, Asked) for _, event in heard) == 1
    assert any("no Node Control/Rebirth" in note for note in node.notes)


def test_psp_death_one_ahead_of_its_birth_is_believed() -> None:
    """Else the node would be shown alive after it said goodbye."""
    node, heard = played("psp")
    assert [each.device for each in events(heard, Died, 349, 349)] == [None, "D1"]
    assert not node.scopes[None].lives


def test_psp_data_queued_before_the_birth_are_told_as_late() -> None:
    """The value that waited in the node is not lost, and not taken for a new one."""
    _, heard = played("psp")
    (late,) = events(heard, Told, 334, 336)
    assert late.is_historical
    assert late.readings[0].value == -335


def test_msw_device_without_its_node_counts_for_itself() -> None:
    """Two interleaved counters under one node are no loss."""
    node, heard = played("msw")
    assert events(heard, Missed, 0, 326) == []
    assert any("born before its node" in note for note in node.notes)


def test_msw_names_without_their_prefix_are_the_same_metrics() -> None:
    """`i32` in data is `DATA/i32` of the birth, and keeps its datatype."""
    _, heard = played("msw")
    names = {
        reading.name for _, event in heard if isinstance(event, Told) for reading in event.readings
    }
    assert "DATA/i32" in names
    assert "i32" not in names


def test_msw_wills_without_a_number_end_device_and_node() -> None:
    """The device at once; the node, whose death bears another number, after it stayed silent."""
    _, heard = played("msw")
    assert [each.device for each in events(heard, Died, 326, 326)] == ["D1"]
    doubted = [event for index, event in heard if index == -1 and isinstance(event, Died)]
    assert [each.device for each in doubted] == [None]


def test_msw_going_on_without_a_birth_is_uncertain_after_three_questions() -> None:
    """Nothing of it is lost, nothing is told as good, and it is said what it is."""
    node, heard = played("msw")
    asked = [index for index, event in heard if isinstance(event, Asked)]
    assert len(asked) <= 6
    values = [
        (reading.value, reading.status)
        for index, event in heard
        if isinstance(event, Told) and (index == -1 or 328 <= index <= 338)
        for reading in event.readings
        if reading.name == "DATA/i32"
    ]
    assert values == [(value, UNCERTAIN) for value in range(-327, -338, -1)]
    assert any("dead by its own rules" in note for note in node.notes)


def test_msw_list_of_values_is_told_with_its_own_times() -> None:
    """A table of times and values where the birth announced a number."""
    _, heard = played("msw")
    tables = [
        reading.value
        for each in events(heard, Told, 16, 16)
        for reading in each.readings
        if isinstance(reading.value, DataSet)
    ]
    assert [table.columns for table in tables] == [("timestamps", "values")]


@pytest.mark.parametrize("node", ["js", "psp", "msw"])
def test_every_recorded_value_is_told_or_accounted_for(node: str) -> None:
    """What falls from -12 on by one: every value is told, or stands behind a `Missed`."""
    _, heard = played(node)
    told = {
        reading.value
        for _, event in heard
        if isinstance(event, Told | Born)
        for reading in event.readings
        if reading.name in {"i32", "DATA/i32"}
    }
    missing = [value for value in range(-12, -338, -1) if value not in told]
    lost = {"js": range(-333, -337, -1), "psp": range(-330, -335, -1), "msw": range(0)}[node]
    assert missing == list(lost)


# --- what must not end the connection


@pytest.mark.parametrize("quality", [{}, {"a": 1}, [{}], "good", None, 192.5])
def test_a_quality_that_is_no_number_is_uncertain(quality: object) -> None:
    """A property may be of any datatype, a set of properties too."""
    host = Host().born()
    host.hear("DDATA", Metric(alias=2, value=1, properties={"Quality": quality}), seq=2)
    assert [each.status for each in host.told()] == [UNCERTAIN]


def test_definitions_that_name_each_other_are_bounded() -> None:
    """One names itself, and sixty double each time: both are looked at once, and end."""
    host = Host()
    made = {f"T{number}": nested(*[f"T{number + 1}"] * 2) for number in range(60)}
    made = {"itself": nested("itself"), "use": Template(template_ref="itself"), **made}
    host.hear(
        "NBIRTH",
        *[metric(name, value, datatype=DataType.TEMPLATE) for name, value in made.items()],
        bd_seq(0),
        REBIRTH,
        seq=0,
    )
    known = host.node.scopes[None].names
    assert dict(known["use"].members) == {"0": DataType.TEMPLATE}
    assert any("members" in note for note in host.node.notes)
    assert sum(len(each.members) for each in known.values()) <= MEMBERS_MAX


def nested(*refs: str) -> Template:
    """A definition with one member of each of these templates."""
    members = tuple(
        metric(str(place), Template(template_ref=ref), datatype=DataType.TEMPLATE)
        for place, ref in enumerate(refs)
    )
    return Template(is_definition=True, metrics=members)


def test_messages_that_wait_are_bounded_by_what_they_hold() -> None:
    """Few and large ones are as much as many: the oldest are a gap, the others taken in turn."""
    rows = tuple((number,) for number in range(50))
    table = DataSet(columns=("a",), types=(DataType.INT32,), rows=rows)
    large = Metric(name="t", value=table, datatype=DataType.DATASET)
    unborn = Host(Rules(waiting_max=200))
    for seq in range(6):
        unborn.hear("DDATA", large, seq=seq)
    assert (len(unborn.node.aside), len(unborn.of(Missed))) == (3, 3)
    born = Host(Rules(waiting_max=200)).born()
    for seq in range(4, 8):
        born.hear("DDATA", large, seq=seq)
    assert (len(born.node.held), len(born.of(Missed)), len(born.told())) == (0, 1, 4)


def test_after_a_step_that_failed_the_node_is_read_on() -> None:
    """Data are a gap and the next are taken; after a birth nothing is taken for known."""
    host = Host().born()
    lost = Message("DDATA", "D1", Payload(seq=2, metrics=(data(8),)))
    host.node, (missed,) = failed(host.node, lost, 0)
    assert isinstance(missed, Missed)
    assert (missed.whole, missed.refused) == (True, True)
    host.hear("DDATA", data(9), seq=3)
    assert [each.value for each in host.told()] == [9]
    host.node, events = failed(host.node, Message("NBIRTH", None, Payload(seq=0)), 0)
    assert [type(each) for each in events] == [Missed, Died, Died]
    host.hear("DDATA", data(10), seq=4)
    assert [each.value for each in host.told()] == [9]
    assert host.asked == 1


def test_what_waits_is_bounded_in_its_letters() -> None:
    """A few metrics with names, properties or bodies of megabytes weigh what they hold."""
    words = "x" * 64_000
    inside = Template(metrics=(Metric(name=words, datatype=DataType.INT32, value=1),))
    table = DataSet(columns=("a",), types=(DataType.STRING,), rows=((words,),))
    for large in (
        Metric(name=words, datatype=DataType.INT32, value=1),
        Metric(name="t", datatype=DataType.INT32, value=1, properties={"a": {"b": [words]}}),
        Metric(name="t", datatype=DataType.TEMPLATE, value=inside),
        Metric(name="t", datatype=DataType.DATASET, value=table),
    ):
        host = Host(Rules(waiting_max=2_500))
        for seq in range(6):
            host.hear("DDATA", large, seq=seq)
        assert (len(host.node.aside), len(host.of(Missed))) == (2, 4)
    payload = Payload(seq=0, body=words.encode())
    assert weighed(Message("DDATA", "D1", payload)).payload.weight == 1_000


@pytest.mark.parametrize("rules", [Rules(unread_max=3), Rules(unread_metrics_max=3)])
def test_devices_that_nobody_reads_are_bounded(rules: Rules) -> None:
    """Beyond the bound they are passed over, born, dead or talking; those read are read on."""
    host = Host(rules).born()
    for number in range(40):
        kind: Kind = ("DBIRTH", "DDEATH", "DDATA")[number % 3] if number > 10 else "DBIRTH"
        host.hear(kind, metric("m", 1, alias=9), seq=2 + number, device=f"X{number}")
    assert len(host.node.scopes) == 5
    assert (host.asked, len(host.node.aside), host.node.is_full) == (0, 0, True)
    assert any("nobody reads" in words for words in host.node.notes)
    host.hear("DDATA", data(7), seq=42)
    assert [each.value for each in host.told()] == [7]
    assert host.of(Missed) == []
