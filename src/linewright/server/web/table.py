"""The route table: every route of the server is a row, and everything else is made from the rows.

Routes, OpenAPI, the permission matrix, the page docs/routes.md, the types of the web application
and the tests come from here. `{name}` in a path stands for an id.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from linewright.server.acting.sending import Order
from linewright.server.acting.trusting import Decision
from linewright.server.views import access as access_views
from linewright.server.views import attention as alarm_views
from linewright.server.views import day as day_views
from linewright.server.views import entries as entry_views
from linewright.server.views import house as house_views
from linewright.server.views import line as line_views
from linewright.server.views import plant as plant_views
from linewright.server.views import session as session_views
from linewright.server.views import signals as signal_views
from linewright.server.web.asked import Asked
from linewright.server.web.inputs import made_from, of_values
from linewright.server.web.openapi import document
from linewright.server.web.routes import (
    access,
    attention,
    cases,
    days,
    entries,
    lines,
    outside,
    people,
    session,
    signals,
)
from linewright.server.web.routes.asking import (
    ADDRESS,
    MANY_TAGS,
    PLACE,
    SINCE_MS,
    TAG,
    TAGS,
    TILL_MS,
    WINDOWS,
    count,
)
from linewright.server.web.rows import Param, Row

__all__ = ["ROWS"]

Answers = Callable[[Asked], Any]

AUDIT_N_MAX = 2**63 - 1
"""Largest number that a link of the audit chain can have."""

POINTS_MAX = 5_000
"""Most points of a trend, those that `history` gives at once: more than a screen has columns."""

ROWS_MAX = 5_000
"""Most rows of a journal or of the namespace at once."""


OIDC = tuple(
    Param(name=name, default="", chars=4000, words="as the provider gives it")
    for name in ("state", "code", "iss", "error")
)

WAITING = Param(
    name="waiting", kind="yes_no", default=False, words="only those that wait for a reason"
)

BY = Param(name="by", default="minutes", choices=("minutes", "count", "money"), words="order")

HOUR_MS = Param(
    name="hour_ms", kind="integer", needed=True, words="beginning of the hour, ms since 1970 UTC"
)


def _row(
    method: Literal["GET", "POST", "PUT", "DELETE"],
    path: str,
    permission: str,
    answers: Answers,
    summary: str,
    **more: Any,  # noqa: ANN401  # further fields of a row
) -> Row:
    return Row(
        method=method, path=path, permission=permission, answers=answers, summary=summary, **more
    )


def _permissions(_: Asked) -> tuple[house_views.PermissionView, ...]:
    return people.permissions_of(ROWS)


def _document(_: Asked) -> dict[str, Any]:
    return document(ROWS)


get, post, put, delete = (partial(_row, method) for method in ("GET", "POST", "PUT", "DELETE"))

_SESSION = (
    get("/api/session", "", session.now, "Who is signed in here, and what that person may do.",
        answer=house_views.SessionView),
    put("/api/session", "see", people.prefer, "Keep language and locale of who is signed in.",
        body=session_views.Preferred, answer=house_views.SessionView, refuses=(409,)),
    post("/api/sign-in", "", session.sign_in, "Begin a session with name and password.",
         body=session_views.SignIn, answer=house_views.SessionView, refuses=(401, 403, 503)),
    post("/api/first", "", session.first, "Make the first admin, by the link that `up` prints.",
         body=session_views.FirstRun, answer=house_views.SessionView, refuses=(401, 403, 409, 503)),
    post("/api/link", "", session.link, "Choose a password by a one-time link of an admin.",
         body=session_views.LinkFollowed, answer=house_views.SessionView,
         refuses=(401, 403, 409, 503)),
    post("/api/key", "", session.key, "Exchange the local key for a session; on this machine.",
         body=session_views.KeyGiven, answer=house_views.SessionView, refuses=(401, 403)),
    post("/api/sign-out", "", session.sign_out, "End the session.",
         answer=house_views.SessionView, refuses=(403,)),
    put("/api/session/password", "see", session.password, "Change the own password.",
        body=session_views.PasswordChanged, answer=house_views.SessionView, refuses=(409, 503)),
    get("/api/sessions", "see", people.sessions, "The own open sessions, by id.",
        answer=house_views.OpenSessionsView),
    delete("/api/sessions/{session_id}", "see", people.end_session, "End one of the own sessions.",
           answer=house_views.OpenSessionsView, refuses=(404,)),
    get("/api/people/{person_id}/sessions", "people", people.sessions,
        "Open sessions of a person, by id.", answer=house_views.OpenSessionsView),
    delete("/api/people/{person_id}/sessions/{session_id}", "people", people.end_session,
           "End a session of a person.", answer=house_views.OpenSessionsView, refuses=(404,)),
    get("/api/people", "people", people.everyone, "People who may sign in, by id.",
        answer=house_views.PeopleView, watch="slow"),
    post("/api/people", "people", people.add,
         "Add a person; the answer has the link by which that person chooses a password.",
         body=session_views.PersonAdded, refuses=(409,)),
    put("/api/people/{person_id}", "people", people.change, "Change names or roles, or disable.",
        body=session_views.PersonChanged, answer=house_views.PeopleView, refuses=(404, 409)),
    post("/api/people/{person_id}/link", "people", people.link,
         "Make a one-time link for a new password.", refuses=(404, 409)),
    get("/api/oidc", "", session.go_to_provider, "Go to the OpenID provider to sign in.",
        media="text/plain", refuses=(404, 503)),
    get("/api/oidc/back", "", session.come_back, "Where the OpenID provider sends back to.",
        media="text/plain", query=OIDC, takes_more=True, refuses=(404, 503)),
    delete("/api/people/{person_id}", "people", people.erase,
           "Erase the name; the id stays in what the person did.",
           answer=house_views.PeopleView, refuses=(404, 409)),
    get("/api/permissions", "see", _permissions,
        "Which role may use which route.", answer=list[house_views.PermissionView]),
    get("/ca.crt", "", session.authority, "The certificate that devices trust.",
        media="application/x-x509-ca-cert", refuses=(404,)),
    get("/api/openapi.json", "", _document, "This table as OpenAPI 3.1."),
)  # fmt: skip

_NOW = (
    get("/api/plant", "see", lines.plant, "What exists, as the plant file in force says.",
        answer=plant_views.PlantView, watch="slow", inputs=made_from("upkeep", "act")),
    get("/api/sites", "see", lines.sites, "Sites, services and the clock, at a glance.",
        answer=house_views.SitesView, watch="fast", inputs=made_from(peers=True), scope="sites"),
    get("/api/line", "see", lines.line, "A line or work centre now.",
        answer=line_views.LineView, watch="fast", inputs=made_from(line=True), query=(ADDRESS,),
        refuses=(404,)),
    get("/api/line/ahead", "see", lines.ahead, "What the twin expects, beside what came.",
        answer=line_views.AheadView, watch="slow", inputs=made_from("forecast", "day"),
        query=(ADDRESS,), refuses=(404,)),
    get("/api/station", "see", lines.station, "A station's faceplate.",
        answer=line_views.StationPageView, watch="fast", inputs=made_from(line=True, values=True),
        query=(ADDRESS,), refuses=(404,)),
    get("/api/connections", "see", lines.links, "How each source is reached.",
        answer=house_views.LinksView, watch="slow"),
)  # fmt: skip

_DAY = (
    get("/api/hours", "see", days.hours, "Hour by hour against target.",
        answer=day_views.HoursView, watch="slow", inputs=made_from("day", "note"),
        query=(ADDRESS, *WINDOWS), refuses=(404, 503)),
    get("/api/losses", "see", days.losses, "The loss waterfall of a place, and its indicators.",
        answer=day_views.LossesView, watch="slow", inputs=made_from("day"),
        query=(ADDRESS, *WINDOWS), refuses=(404, 503)),
    get("/api/stops", "see", days.stops, "Downtime events by id.",
        answer=day_views.StopsView, watch="slow", inputs=made_from("day"),
        query=(ADDRESS, *WINDOWS, WAITING), refuses=(404, 503)),
    get("/api/strips", "see", days.strips, "Swim lanes: what each station did when.",
        answer=day_views.StripsView, watch="slow", inputs=made_from("day"),
        query=(ADDRESS, *WINDOWS), refuses=(404, 503)),
    get("/api/pareto", "see", days.pareto, "Stops summed by reason, largest first.",
        answer=day_views.ParetoView, watch="slow", inputs=made_from("day"),
        query=(ADDRESS, *WINDOWS, BY), refuses=(404, 503)),
    post("/api/stops/{stop_id}/reason", "reason", days.reason, "Give the reason of a stop.",
         body=day_views.ReasonGiven, answer=day_views.StopView, refuses=(404, 409, 503)),
    post("/api/stops/{stop_id}/split", "correct_event", days.split, "Cut a stop in two.",
         body=day_views.StopSplit, answer=day_views.StopsView, refuses=(404, 409, 503)),
    post("/api/stops/merge", "correct_event", days.merge,
         "Make one stop of several of one station, one after the other.",
         body=day_views.StopMerge, answer=day_views.StopView, refuses=(404, 409, 503)),
    post("/api/stops/{stop_id}/undo", "reason", days.undo,
         "Take back the last change of a stop; that of somebody else needs `correct_event`.",
         answer=day_views.StopsView, refuses=(404, 409, 503)),
    put("/api/hours/comment", "reason", days.comment, "Write the comment of an hour.",
        body=day_views.ShiftNote, answer=day_views.HourView, query=(ADDRESS, HOUR_MS),
        refuses=(404, 409, 503)),
    get("/api/report", "see", days.report, "The shift report.",
        answer=day_views.ReportView, watch="slow", inputs=made_from(),
        query=(ADDRESS, *WINDOWS), refuses=(404, 503)),
    put("/api/report/note", "correct_event", days.note, "Write the note of a shift report.",
        body=day_views.ShiftNote, answer=day_views.ReportView, query=(ADDRESS, *WINDOWS),
        refuses=(404, 409, 503)),
    post("/api/report/sign", "sign_report", days.sign, "Sign a shift report.",
         answer=day_views.ReportView, query=(ADDRESS, *WINDOWS), refuses=(404, 409, 503)),
)  # fmt: skip

_ENTRIES = (
    get("/api/entries", "see", entries.entries,
        "What people entered: pieces, jobs, sign-ons; by id.",
        answer=entry_views.EntriesView, watch="slow", inputs=made_from("day", "people", "note"),
        query=(PLACE, *WINDOWS), refuses=(404, 503)),
    post("/api/parts", "report", entries.parts,
         "Report pieces at a station; for a time more than a day ago with `correct_parts`.",
         body=entry_views.PartsReported, answer=entry_views.EntryView, refuses=(404, 409, 503)),
    post("/api/jobs", "report", entries.job, "Begin, interrupt or finish a job at a station.",
         body=entry_views.JobReported, answer=entry_views.EntryView, refuses=(404, 409, 503)),
    post("/api/sign-ons", "report", entries.sign_on,
         "Sign on or off at a station; somebody else with `correct_parts`.",
         body=entry_views.SignedOn, answer=entry_views.EntryView, refuses=(404, 409, 503)),
    post("/api/entries/{entry_id}/undo", "report", entries.undo,
         "Take back an entry; that of somebody else needs `correct_parts`.",
         answer=entry_views.EntryView, refuses=(404, 409, 503)),
)  # fmt: skip

_ATTENTION = (
    get("/api/alarms", "see", attention.alarms, "Alarms that are not normal, by id.",
        answer=alarm_views.AlarmsView, watch="fast", inputs=made_from("alarm"), query=(PLACE,),
        refuses=(404,)),
    post("/api/alarms/{alarm_id}", "acknowledge", attention.alarm,
         "Acknowledge or reset; shelving needs `shelve`, taking out of service `suppress`.",
         body=alarm_views.AlarmActed, answer=alarm_views.AlarmView, refuses=(404, 409, 503)),
    get("/api/alarms/journal", "see", attention.journal, "Events of alarms, the latest first.",
        answer=alarm_views.JournalView, watch="slow", inputs=made_from("alarm"),
        query=(PLACE, *WINDOWS, count("limit", 500, ROWS_MAX, "most rows")), refuses=(404, 503)),
    get("/api/alarms/report", "see", attention.performance,
        "How the alarm system does, beside ISA-18.2 and EEMUA 191.",
        answer=alarm_views.AlarmReportView, watch="slow", inputs=made_from("alarm"),
        query=(PLACE, *WINDOWS), refuses=(404, 503)),
    get("/api/calls", "see", attention.calls, "Open andon calls, by id.",
        answer=alarm_views.CallsView, watch="fast", inputs=made_from("call"), query=(PLACE,),
        refuses=(404,)),
    get("/api/calls/journal", "see", attention.call_journal,
        "Calls that were raised in a window, the latest first, and how soon people came.",
        answer=alarm_views.CallJournalView, watch="slow", inputs=made_from("call"),
        query=(PLACE, *WINDOWS, count("limit", 200, ROWS_MAX, "most rows")), refuses=(404, 503)),
    post("/api/calls", "call", attention.call, "Call for help.",
         body=alarm_views.CallRaised, answer=alarm_views.CallView, refuses=(404, 409, 503)),
    post("/api/calls/{call_id}", "call", attention.call_act,
         "Acknowledge a call, arrive, resolve or cancel it.",
         body=alarm_views.CallActed, answer=alarm_views.CallView, refuses=(404, 409, 503)),
)  # fmt: skip

_SIGNALS = (
    get("/api/values", "see", signals.values, "Newest values of the tags asked for.",
        answer=signal_views.ValuesView, watch="fast", inputs=of_values, query=(TAGS,)),
    get("/api/trend", "see", signals.trend, "One tag over time, with gaps, states and alarms.",
        answer=signal_views.TrendView, refuses=(404, 503),
        query=(TAG, SINCE_MS, TILL_MS, count("points", 2000, POINTS_MAX, "most points"))),
    get("/api/trend.csv", "see", signals.export, "The raw rows of some tags.",
        media="text/csv", query=(MANY_TAGS, SINCE_MS, TILL_MS), refuses=(404, 503)),
    get("/api/namespace", "see", signals.namespace, "Tags at and below a place, with their origin.",
        answer=signal_views.NamespaceView, watch="slow",
        query=(PLACE, count("limit", 500, ROWS_MAX, "most tags")), refuses=(404,)),
)  # fmt: skip

_BY_HAND = (
    get("/api/cases", "see", cases.cases, "Cases of deviations, by id.", watch="fast"),
    get("/api/cases/{case_id}", "see", cases.case, "One case.", watch="fast", refuses=(404,)),
    post("/api/cases/{case_id}/confirm", "confirm_case", cases.confirm,
         "Grant what the case proposes; 409 with its state when it is no longer proposed.",
         refuses=(404, 409, 503)),
    post("/api/cases/{case_id}/refuse", "confirm_case", cases.refuse,
         "Close the case as refused.", refuses=(404, 409, 503)),
    get("/api/commands", "see", cases.offer,
        "What may be sent to a machine: range, permits, present value, and why not, if not.",
        query=(ADDRESS, Param(name="parameter", needed=True, words="name of the command")),
        refuses=(404, 503)),
    get("/api/commands/{command_id}", "see", cases.outcome,
        "What became of a command so far.", refuses=(404,)),
    post("/api/commands", "command", cases.send,
         "Grant and send one command of a person; on a real site 403.", body=Order,
         refuses=(404, 409, 503)),
    post("/api/trust", "trust", cases.trust,
         "Trust the certificate that a source shows; 409 where it shows another one by now.",
         body=Decision, refuses=(404, 409, 503)),
    post("/api/stop", "stop", cases.stop,
         "Stop automatic actions; this is not an emergency stop.", refuses=(503,)),
    post("/api/stop/clear", "stop_clear", cases.clear, "Let automatic actions go on.",
         refuses=(503,)),
    get("/api/audit", "audit", cases.audit,
        "Audit records after a number of the chain, 500 at once, each as it was hashed.",
        query=(Param(name="after_n", kind="integer", low=-1, high=AUDIT_N_MAX, default=-1,
                     words="number of the last record that is known"),),
        refuses=(503,)),
    get("/api/state", "see", cases.state,
        "The site as the command line shows it: lines, cases, services, clock, audit."),
    get("/api/live", "see", cases.live,
        "The same as Server-Sent Events, on a change and at least once a second.",
        media="text/event-stream", refuses=(503,)),
    get("/api/links", "see", cases.links, "The last report of each source, as `connect` tells it."),
)  # fmt: skip

_OUTSIDE = (
    get("/metrics", "see", outside.metrics, "Figures for Prometheus.", media="text/plain",
        scope="metrics"),
    get("/api/grafana/tags", "see", outside.tags, "Tags at and below a place, for Grafana.",
        query=(PLACE, count("limit", 500, ROWS_MAX, "most tags")), refuses=(404,),
        scope="grafana"),
    get("/api/grafana/series", "see", outside.series, "Tags over time: time, tag, value.",
        query=(MANY_TAGS, SINCE_MS, TILL_MS, count("points", 1000, POINTS_MAX, "most points")),
        refuses=(404, 503), scope="grafana"),
    get("/api/grafana/stops", "see", outside.stops, "Downtime events, a row an event.",
        query=(ADDRESS, *WINDOWS, WAITING), refuses=(404, 503), scope="grafana"),
    get("/api/grafana/kpis", "see", outside.kpis, "Indicators of a place, a row an indicator.",
        query=(ADDRESS, *WINDOWS), refuses=(404, 503), scope="grafana"),
)  # fmt: skip

_ACCESS = (
    get("/api/tokens", "tokens", access.tokens, "Tokens by which other programs read, by id.",
        answer=access_views.TokensView),
    post("/api/tokens", "tokens", access.make_token,
         "Make a token; its secret is in this answer alone.",
         body=access_views.TokenWanted, answer=access_views.TokenMadeView, refuses=(409, 503)),
    delete("/api/tokens/{token_id}", "tokens", access.end_token, "Revoke a token.",
           answer=access_views.TokensView, refuses=(404, 503)),
    get("/api/peers", "peers", access.peers, "Servers of other sites that are followed, by id.",
        answer=access_views.PeersView),
    post("/api/peers/try", "peers", access.try_peer,
         "Ask a server once, as it would be followed; nothing is kept.",
         body=access_views.PeerGiven, answer=access_views.PeerTriedView, refuses=(503,)),
    post("/api/peers", "peers", access.follow,
         "Follow a server, after a trial; another one of the same site makes room.",
         body=access_views.PeerGiven, answer=access_views.PeersView, refuses=(409, 503)),
    delete("/api/peers/{peer_id}", "peers", access.unfollow,
           "Follow a server no longer, and forget its token.",
           answer=access_views.PeersView, refuses=(404, 503)),
)  # fmt: skip

ROWS: tuple[Row, ...] = (
    *_SESSION,
    *_NOW,
    *_DAY,
    *_ENTRIES,
    *_ATTENTION,
    *_SIGNALS,
    *_BY_HAND,
    *_OUTSIDE,
    *_ACCESS,
)
"""Every route besides the WebSocket `/api/watch` and the files of the pages."""
