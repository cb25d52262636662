"""Event logs as XES (IEEE 1849-2016): the exchange form of process mining."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from linewright.plant.markup import MarkupInvalid, Node, element, read_nodes
from linewright.twin.logs.rows import EventRow, Transition
from linewright.twin.logs.spreadsheet import LogInvalid, instant_ns, instant_text

__all__ = ["xes_rows", "xes_text"]

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<string key="org:resource" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
<string key="lifecycle:transition" value="complete"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>
"""

EVENTS_MAX = 10_000_000
"""Events of one log; traces stand together, so all of it is held while it is written."""

BAD = "linewright:good"
"""Our own attribute: whether the part is good after the activity."""


def xes_text(rows: Iterable[EventRow], *, name: str = "", timezone: str = "UTC") -> Iterator[str]:
    """Yield an event log as XES, trace by trace.

    Parameters
    ----------
    rows
        The log, in the order of time.
    name
        Of the log.
    timezone
        In which its instants are written.

    Raises
    ------
    LogInvalid
        When it has more events than can be put together.

    Notes
    -----
    One trace a part, in the order of their first events; `lifecycle:transition` is start,
    suspend, resume or complete. Memory: all events.

    Examples
    --------
    >>> one = EventRow(case="p1", activity="mill", resource="a/b/c/mill", t_ns=0)
    >>> '<string key="concept:name" value="mill"/>' in "".join(xes_text([one]))
    True
    """
    zone = ZoneInfo(timezone)
    traces: dict[str, list[EventRow]] = {}
    for count, row in enumerate(rows, 1):
        if count > EVENTS_MAX:
            raise LogInvalid("event log", f"more than {EVENTS_MAX:,} events", "log a shorter time")
        traces.setdefault(row.case, []).append(row)
    yield HEAD
    if name:
        yield _string("concept:name", name) + "\n"
    for case, events in traces.items():
        yield element(
            "trace", "", _string("concept:name", case), *[_event(r, zone) for r in events]
        )
        yield "\n"
    yield "</log>\n"


def xes_rows(chunks: Iterable[bytes], *, timezone: str = "UTC") -> Iterator[EventRow]:
    """Yield the events of an XES log, trace by trace.

    Parameters
    ----------
    chunks
        The file, in pieces.
    timezone
        Of instants that do not say their own.

    Raises
    ------
    LogInvalid
        When it is no XES, or an event has no name or no time.

    Examples
    --------
    >>> text = "".join(xes_text([EventRow(case="p1", activity="a", resource="m", t_ns=5)]))
    >>> [row.t_ns for row in xes_rows([text.encode()])]
    [5]
    """
    zone = ZoneInfo(timezone)
    number = 0
    for trace in _traces(chunks):
        number += 1
        case = _keyed(trace).get("concept:name", f"trace-{number}")
        for event in trace.all("event"):
            yield _row(case, event, zone)
    if number == 0:
        raise LogInvalid("event log", "it has no trace", "export it as XES, uncompressed")


def _traces(chunks: Iterable[bytes]) -> Iterator[Node]:
    try:
        yield from read_nodes(chunks, frozenset({"trace"}), "event log")
    except MarkupInvalid as error:
        raise LogInvalid(error.where, error.what, error.do) from None


def _row(case: str, event: Node, zone: ZoneInfo) -> EventRow:
    said = _keyed(event)
    where = f"event log, trace {case}"
    t_ns = instant_ns(said.get("time:timestamp", ""), zone)
    if t_ns is None or not said.get("concept:name"):
        what = "an event without `concept:name` or `time:timestamp`"
        raise LogInvalid(where, what, "export the log with both")
    word = said.get("lifecycle:transition", "").lower()
    return EventRow(
        case=case,
        activity=said["concept:name"],
        resource=said.get("org:resource") or said["concept:name"],
        t_ns=t_ns,
        transition=Transition(word) if word in set(Transition) else Transition.COMPLETE,
        good=said.get(BAD, "true").lower() != "false",
    )


def _keyed(node: Node) -> dict[str, str]:
    return {
        each.attributes["key"]: each.attributes["value"]
        for each in node.children
        if "key" in each.attributes and "value" in each.attributes
    }


def _event(row: EventRow, zone: ZoneInfo) -> str:
    parts = [
        _string("concept:name", row.activity),
        _string("org:resource", row.resource),
        element("date", key="time:timestamp", value=instant_text(row.t_ns, zone)),
        _string("lifecycle:transition", row.transition.value),
    ]
    if not row.good:
        parts.append(element("boolean", key=BAD, value="false"))
    return element("event", "", *parts)


def _string(key: str, value: str) -> str:
    return element("string", key=key, value=value)
