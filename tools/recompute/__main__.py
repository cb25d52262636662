"""`python -m tools.recompute --data FOLDER --plant PLANT --url URL`."""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tools.recompute import compare, pages
from tools.recompute.ahead import compare_projection, projections
from tools.recompute.calendar import SECOND, Calendar, Window
from tools.recompute.courses import course_of
from tools.recompute.day import Course
from tools.recompute.derived import names_of
from tools.recompute.history import History, read
from tools.recompute.now import Now, asked_now, judge_counts, judge_now
from tools.recompute.plantfile import Site, site_of
from tools.recompute.plantfile import read as read_plant

COUNTERS = ("parts.good", "parts.scrap", "parts.rework", "parts.total", "cycle")
"""Roles of tags that count pieces."""

PAGES = ("losses", "hours", "stops", "pareto", "strips")
"""Resources that are asked for."""

REPORT = "report"
"""Asked for of shifts; it holds several of these."""

STORED_S = 90.0
"""How long it may take until the history has published what the server told."""

READINGS_MAX = 4
"""How often the history is read until it has the newest pieces that the server told."""

BEFORE_NS = 2 * 86400 * SECOND
"""How long before the first day stations are looked at: a state may hold since then."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the server said of a place over a window."""

    address: str
    window: Window
    pages: Mapping[str, Any]

    def known_ns(self, page: str) -> int:
        """Up to when this page counts."""
        told = self.pages[page].get("window", {})
        until_ns = int(told.get("watermark_ms", 1 << 62)) * 10**6
        places = self.pages[page].get("of", ())
        if places and until_ns < self.window.until_ns:
            each_s = self.pages[page]["calendar_s"] / len(places)
            until_ns = self.window.from_ns + round(each_s * SECOND)
        return min(self.window.until_ns, until_ns)


class Checker:
    """A site, its history, and what comes out of it."""

    def __init__(self, site: Site, data: Path, *, by_records: bool = False) -> None:
        self.site, self.data, self.by_records = site, data, by_records
        self.history = self.read()
        self.begin, self.end = self.history.span()
        zone = ZoneInfo(site.timezone)
        first, last = (
            datetime.fromtimestamp(t // SECOND, zone).date() for t in (self.begin, self.end)
        )
        self.calendar = Calendar(site, first, last)
        self._kept: dict[int, dict[str, Course]] = {}

    def read(self) -> History:
        """What the history has published; without samples where records are believed."""
        return read(self.data, () if self.by_records else ends_of(self.site))

    def courses(self, until_ns: int) -> dict[str, Course]:
        """What each station did, as far as it is known at this time."""
        if until_ns not in self._kept:
            known = self.history.until(until_ns) if until_ns < self.end else self.history
            whole = (self.begin - BEFORE_NS, min(until_ns, self.end))
            self._kept = dict(list(self._kept.items())[-1:])
            self._kept[until_ns] = {
                address: course_of(station, self.site, self.calendar, known, whole)
                for address, station in self.site.stations.items()
            }
        return self._kept[until_ns]

    def wait_for(self, t_ns: int) -> None:
        """Read the history again until it reaches this time."""
        ends = time.monotonic() + STORED_S
        while self.end <= t_ns and time.monotonic() < ends:
            self.read_again()

    def read_again(self) -> None:
        """Read the history once more, a little later."""
        time.sleep(2.0)
        self.history = self.read()
        self.begin, self.end = self.history.span()
        self._kept.clear()

    def counts(self, lines: Sequence[Now]) -> compare.Account:
        """Compare the pieces of single stations, once history has what the server had heard."""
        account = compare.Account()
        for attempt in range(READINGS_MAX):
            account = compare.Account()
            for told in lines:
                judge_counts(account, self.calendar, self.courses(self.end), told)
            if not account.differences:
                break
            if attempt < READINGS_MAX - 1:
                self.read_again()
        return account

    def judge(self, told: Told) -> compare.Account:
        """Compare all pages of a place over a window."""
        account = compare.Account()
        where = f"{told.address} {told.window.name}"
        window = told.pages["losses"].get("window", {})
        account.same(f"{where} from", told.window.from_ns // 10**6, window.get("from_ms"))
        account.same(f"{where} until", told.window.until_ns // 10**6, window.get("until_ms"))
        for page in PAGES:
            known_ns = told.known_ns(page)
            mark = told.pages[page].get("window", {}).get("watermark_ms", known_ns // 10**6)
            account.same(f"{where} {page} counts up to its watermark", known_ns // 10**6, mark)
            is_open = known_ns < told.window.until_ns
            found = self.courses(known_ns if is_open else self.end)
            place = pages.place_of(self.site, found, told.address)
            _page(account, f"{where} {page}", place, told, page)
            if page == "hours":
                forecasts = self.history.of("forecast", told.address)
                ends = projections(place, told.window, known_ns, forecasts)
                compare_projection(account, f"{where} {page}", ends, told.pages[page])
        if REPORT in told.pages:
            self._report(account, f"{where} report", told)
        return account

    def _report(self, account: compare.Account, where: str, told: Told) -> None:
        """Compare a shift report, of a shift that is over."""
        report = told.pages[REPORT]
        known_ns = int(report.get("window", {}).get("watermark_ms", 0)) * 10**6
        if known_ns < told.window.until_ns:
            return
        place = pages.place_of(self.site, self.courses(self.end), told.address)
        a, b = told.window.from_ns, told.window.until_ns
        compare.compare_losses(account, where, pages.losses(place, a, b), report["losses"])
        compare.compare_pareto(account, where, pages.pareto(place, a, b), report["pareto"])
        if "hours" in report:
            own = pages.hours(place, told.window, b)
            compare.compare_hours(account, where, own, report["hours"])


def _page(account: compare.Account, where: str, place: pages.Place, told: Told, page: str) -> None:
    theirs, known_ns, a = told.pages[page], told.known_ns(page), told.window.from_ns
    if page == "losses":
        compare.compare_losses(account, where, pages.losses(place, a, known_ns), theirs)
    elif page == "hours":
        compare.compare_hours(account, where, pages.hours(place, told.window, known_ns), theirs)
    elif page == "stops":
        compare.compare_stops(account, where, pages.stops(place, a, known_ns), theirs)
    elif page == "pareto":
        compare.compare_pareto(account, where, pages.pareto(place, a, known_ns), theirs)
    elif place.address in place.groups:
        for address, course in place.courses.items():
            lane = theirs.get("lanes", {}).get(address, [])
            own = pages.strips(course, a, known_ns)
            compare.compare_strips(account, f"{where} {address}", own, lane)


def ends_of(site: Site) -> tuple[str, ...]:
    """Names of the tags that a day is made of."""
    tags = [
        tag
        for station in site.stations.values()
        for tag in station.tags
        if tag.role == "state" or tag.role in COUNTERS
    ]
    read_by = {name for tag in tags if tag.derive for name in names_of(tag.derive)}
    return tuple(sorted({tag.name for tag in tags} | read_by))


def places(site: Site) -> list[str]:
    """Lines, work centres, areas, the site."""
    areas = sorted({at.rsplit("/", 1)[0] for at in site.groups})
    return [*site.groups, *areas, site.name]


def asked() -> argparse.Namespace:
    """What the person wants."""
    parser = argparse.ArgumentParser(prog="python -m tools.recompute", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of the site")
    parser.add_argument("--plant", type=Path, required=True, help="plant file or its folder")
    parser.add_argument("--url", required=True, help="address of the server")
    parser.add_argument("--site", default="", help="site; left out: the first")
    parser.add_argument("--only", default="", help="only windows whose name begins so")
    parser.add_argument("--at", default="", help="only places whose address begins so")
    parser.add_argument(
        "--records",
        action="store_true",
        help="take states and parts from records, not from samples",
    )
    parser.add_argument(
        "--closed", action="store_true", help="only windows that are over, not those that go on"
    )
    parser.add_argument("--all", action="store_true", help="print every difference")
    return parser.parse_args()


def told_of(given: argparse.Namespace, checker: Checker, server: compare.Server) -> Iterator[Told]:
    """Ask for every page of every place and window that has begun."""
    for window in checker.calendar.windows():
        is_there = window.until_ns > checker.begin and window.from_ns < checker.end
        if not is_there or not window.name.startswith(given.only):
            continue
        for address in places(checker.site):
            if address.startswith(given.at):
                asked = (*PAGES, REPORT) if "/" in window.name else PAGES
                found = {page: server.of(page, address, window.name) for page in asked}
                goes_on = found["losses"].get("window", {}).get("open", False)
                if not (given.closed and goes_on):
                    yield Told(address=address, window=window, pages=found)


def _say_now(total: compare.Account, checker: Checker, lines: Sequence[Now]) -> None:
    """Compare what lines and stations said of now, and print what differs."""
    compared, differ = total.compared, len(total.differences)
    for told in sorted(lines, key=lambda one: one.known_ns):
        courses = checker.courses(told.known_ns or checker.end)
        account = judge_now(checker.site, checker.calendar, courses, told)
        total.compared += account.compared
        total.differences += account.differences
    account = checker.counts(lines)
    total.compared += account.compared
    total.differences += account.differences
    for line in total.differences[differ:]:
        print(f"  {line}")
    more = len(total.differences) - differ
    print(f"lines and stations now: {total.compared - compared} figures, {more} differ")


def main() -> int:
    """Compare, print, and say how many figures differ."""
    given = asked()
    checker = Checker(
        site_of(read_plant(given.plant), given.site), given.data, by_records=given.records
    )
    key = (given.data / "server" / "key").read_text("utf-8").strip()
    server = compare.Server(given.url, key)
    total = compare.Account()
    every = list(told_of(given, checker, server))
    lines = [] if given.closed or given.only else asked_now(checker.site, server)
    ends = [told.known_ns(page) for told in every for page in PAGES]
    checker.wait_for(max([0, *ends, *(one.known_ns for one in lines)]))
    for told in every:
        account = checker.judge(told)
        is_open = told.known_ns("losses") < told.window.until_ns
        differ = len(account.differences)
        print(
            f"{told.address} {told.window.name}{' (open)' if is_open else ''}: "
            f"{account.compared} figures, {differ} differ"
        )
        shown = account.differences if given.all else account.differences[: compare.SHOWN_MAX]
        for line in shown:
            print(f"  {line}")
        total.compared += account.compared
        total.differences += account.differences
    _say_now(total, checker, lines)
    print(f"{total.compared} figures compared")
    print(f"kpi_differences_to_independent_script: {len(total.differences)}")
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main())
