"""What lines and stations say of the shift that is open, and every difference from the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tools.recompute import compare, pages
from tools.recompute.calendar import Calendar, Window
from tools.recompute.day import Course, overlap
from tools.recompute.ledger import indicators
from tools.recompute.plantfile import Site

SHOWN = ("oee", "availability", "effectiveness", "quality_ratio", "mtbf_h", "mttr_h")
"""Indicators of a station's page."""


@dataclass(frozen=True, kw_only=True)
class Now:
    """What a line or a station said of itself."""

    address: str
    page: compare.Answer

    @property
    def known_ns(self) -> int:
        """Up to when its figures count; 0 where it has none, as between two shifts."""
        return int(self.page.get("watermark_ms", 0)) * 10**6


def asked_now(site: Site, server: compare.Server) -> list[Now]:
    """Ask for the page of every line, work centre and station."""
    found = [Now(address=at, page=server.ask(f"line?address={at}")) for at in site.groups]
    found += [Now(address=at, page=server.ask(f"station?address={at}")) for at in site.stations]
    return found


def judge_now(
    site: Site, calendar: Calendar, courses: Mapping[str, Course], told: Now
) -> compare.Account:
    """Compare the figures of one page; figures that do not say where they end are a difference."""
    account = compare.Account()
    b = told.known_ns
    where = f"{told.address} now"
    if not b:
        figures = [name for name in (*SHOWN, "good", "target", "error") if name in told.page]
        account.same(f"{where} figures without a watermark", [], figures)
        return account
    if told.address in site.stations:
        window = _open_at(calendar, b) or _day_at(calendar, b)
        if window is not None:
            course = courses[told.address]
            found = indicators(course.ledger(window.from_ns, b, pages.standard_of(course)))
            for name in SHOWN:
                account.same(f"{where} {name}", found.get(name), told.page.get(name))
        return account
    window = _open_at(calendar, b)
    if window is None:
        return account
    a = window.from_ns
    place = pages.place_of(site, courses, told.address)
    own = pages.losses(place, a, b)["kpis"].get("oee")
    account.same(f"{where} oee", own, told.page.get("oee"))
    if place.line is not None:
        limits = courses[f"{told.address}/{place.line.bottleneck}"]
        standard = pages.standard_of(limits)
        last = courses[f"{told.address}/{place.line.flow[-1]}"]
        if standard:
            due = float(Fraction(overlap(limits.plan.working, a, b), standard))
            account.same(f"{where} target", due, told.page.get("target"))
            good = sum(made.good for made in last.made if a <= made.t_ns < b)
            account.same(f"{where} good", good, told.page.get("good"))
    return account


def judge_counts(
    account: compare.Account, calendar: Calendar, courses: Mapping[str, Course], told: Now
) -> None:
    """Compare the pieces of single stations, which are told up to the newest, with what is stored.

    They run ahead of the watermark: each lies between what is stored up to it and all that is.
    """
    window = _open_at(calendar, told.known_ns)
    if window is None:
        return
    shown = dict(told.page.get("stations", {}))
    stations = {f"{told.address}/{name}": one for name, one in shown.items()}
    if "now" in told.page:
        stations[told.address] = told.page["now"]
    for address, said in sorted(stations.items()):
        made = [one for one in courses[address].made if one.t_ns >= window.from_ns]
        for name in ("good", "scrap"):
            until = [getattr(one, name) for one in made if one.t_ns < told.known_ns]
            least, most = sum(until), sum(getattr(one, name) for one in made)
            number = said.get(name, 0)
            own: object = number if least <= number <= most else (least, most)
            account.same(f"{told.address} now {address} {name}", own, number)


def _open_at(calendar: Calendar, t_ns: int) -> Window | None:
    """The shift in which a time lies; its last instant is the next one's."""
    shifts = (one for one in calendar.windows() if "/" in one.name)
    return next((one for one in shifts if one.from_ns <= t_ns < one.until_ns), None)


def _day_at(calendar: Calendar, t_ns: int) -> Window | None:
    days = (one for one in calendar.windows() if "/" not in one.name)
    return next((one for one in days if one.from_ns <= t_ns < one.until_ns), None)
