"""Alarms and andon calls."""

from linewright.server.book.attention import (
    alarm_report_view,
    alarms_view,
    call_journal_view,
    calls_view,
    journal_view,
)
from linewright.server.views.attention import (
    AlarmReportView,
    AlarmsView,
    AlarmView,
    CallJournalView,
    CallsView,
    CallView,
    JournalView,
)
from linewright.server.web.asked import Asked
from linewright.server.web.routes.asking import acting_of
from linewright.server.web.routes.days import window_of

__all__ = [
    "alarm",
    "alarms",
    "call",
    "call_act",
    "call_journal",
    "calls",
    "journal",
    "performance",
]

NEEDS = {
    "shelve": "shelve",
    "unshelve": "shelve",
    "remove_from_service": "suppress",
    "return_to_service": "suppress",
}
"""Acts on an alarm that need another permission than `acknowledge`."""


def alarms(asked: Asked) -> AlarmsView:
    """Return the alarms that are not normal."""
    return alarms_view(*asked.now(), asked.place())


async def alarm(asked: Asked) -> AlarmView:
    """Acknowledge, shelve or take out of service."""
    asked.must_may(NEEDS.get(asked.body.act, "acknowledge"))
    return await acting_of(asked).alarm(asked.path["alarm_id"], asked.body)


async def journal(asked: Asked) -> JournalView:
    """Return the events of alarms, the latest first."""
    window = window_of(asked)
    kept = await asked.site.book.of(window)
    moment = asked.site.moment()
    return journal_view(kept, moment, asked.place(), window, asked.query["limit"])


async def performance(asked: Asked) -> AlarmReportView:
    """Return how the alarm system does."""
    window = window_of(asked)
    kept = await asked.site.book.of(window)
    return alarm_report_view(kept, asked.site.moment(), asked.place(), window)


def calls(asked: Asked) -> CallsView:
    """Return the open calls."""
    return calls_view(*asked.now(), asked.place())


async def call_journal(asked: Asked) -> CallJournalView:
    """Return the calls of a window, the latest first, and how soon people came."""
    window = window_of(asked)
    kept = await asked.site.book.of(window)
    moment = asked.site.moment()
    return call_journal_view(kept, moment, asked.place(), window, asked.query["limit"])


async def call(asked: Asked) -> CallView:
    """Raise a call."""
    return await acting_of(asked).call(asked.body)


async def call_act(asked: Asked) -> CallView:
    """Acknowledge, arrive at, resolve or cancel a call."""
    return await acting_of(asked).call_act(asked.path["call_id"], asked.body)
