"""`/api/plant`: what exists, from the plant file in force; a function of its revision alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from linewright.plant import Address
from linewright.plant.authority import Ceiling, ceiling_of
from linewright.plant.calendar import format_shift
from linewright.plant.kpi import TimeCategory
from linewright.plant.model import Line, Site, Station, WorkCentre, seconds_per_piece
from linewright.server.book.keeping import Kept
from linewright.server.known import Moment
from linewright.server.views.plant import (
    BufferView,
    CommandView,
    GroupView,
    LimitView,
    PlantView,
    ReasonView,
    ShiftView,
    SiteView,
    StationView,
    TagView,
)

if TYPE_CHECKING:
    from linewright.plant.model import Command, Tag

__all__ = ["plant_view"]

LIMITS = ("low_low", "low", "high", "high_high", "alarm")

OUTER = frozenset(["low_low", "high_high"])
"""Limits whose alarm is of high priority where the plant file does not say."""


def plant_view(kept: Kept, moment: Moment) -> PlantView:
    """Return what exists at the site, and the names of its sister sites.

    Parameters
    ----------
    kept
        For the thresholds of micro-stops, which the day's book decides.
    moment
        The plant in force.

    Notes
    -----
    Linear in the tags of the site, and in ceilings times commands; changes with the plant's
    revision only, so it is made once.
    """
    return kept.memo("plant", (moment.rev, moment.emulated), lambda: _made(kept, moment))


def _made(kept: Kept, moment: Moment) -> PlantView:
    plant = moment.plant
    return PlantView(
        enterprise=plant.enterprise,
        label=dict(plant.label),
        rev=moment.rev,
        site=moment.site,
        simulated=moment.emulated,
        languages=plant.languages,
        sites={
            name: _site(site, is_here=name == moment.site) for name, site in plant.sites.items()
        },
        groups={
            str(address): _group(address, group, kept, moment)
            for address, group in plant.groups()
            if address.site == moment.site
        },
        reasons={name: _reasons(tree, "", "") for name, tree in plant.reasons.items()},
    )


def _site(site: Site, *, is_here: bool) -> SiteView:
    where = site.location
    return SiteView(
        label=dict(site.label),
        timezone=site.timezone,
        currency=site.currency,
        language=site.language,
        here=is_here,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        country=(where.country or "") if where else "",
        region=(where.region or "") if where else "",
        shifts={name: ShiftView(text=format_shift(shift)) for name, shift in site.shifts.items()},
        areas={name: dict(area.label) for name, area in site.areas.items()},
    )


def _group(address: Address, group: Line | WorkCentre, kept: Kept, moment: Moment) -> GroupView:
    is_line = isinstance(group, Line)
    return GroupView(
        label=dict(group.label),
        kind="line" if is_line else "work_centre",
        area=address.area or "",
        flow=tuple(group.flow) if isinstance(group, Line) else tuple(group.stations),
        stations={
            name: _station(station, kept, moment, address.child(name))
            for name, station in group.stations.items()
        },
        buffers=tuple(
            BufferView(upstream=upstream, downstream=downstream, places=buffer.places)
            for upstream, downstream, buffer in (group.links() if isinstance(group, Line) else ())
        ),
        target_oee=group.target_oee_share,
    )


def _station(station: Station, kept: Kept, moment: Moment, at: Address) -> StationView:
    return StationView(
        label=dict(station.label),
        type=", ".join(station.use),
        connected=station.connected,
        places=station.places,
        cycle_s=seconds_per_piece(station),
        micro_stop_s=kept.micro_stop_s(str(at)),
        reasons=station.reasons or "",
        tags={name: _tag(tag) for name, tag in station.tags.items()},
        commands={
            name: _command(command, ceiling_of(moment.plant, at, name, moment.rev))
            for name, command in station.commands.items()
        },
        wears={name: dict(wear.label) for name, wear in station.wears.items()},
    )


def _tag(tag: "Tag") -> TagView:
    found = {name: getattr(tag, name) for name in LIMITS}
    return TagView(
        label=dict(tag.label),
        unit=tag.unit or "",
        role=tag.role or "",
        low_range=tag.range.low if tag.range else None,
        high_range=tag.range.high if tag.range else None,
        states=dict(tag.map),
        limits={
            name: LimitView(
                limit=limit.limit,
                priority=limit.priority or ("high" if name in OUTER else "medium"),
                label=dict(limit.label),
                action=dict(limit.action),
            )
            for name, limit in found.items()
            if limit is not None
        },
    )


def _command(command: "Command", ceiling: Ceiling | None) -> CommandView:
    return CommandView(
        label=dict(command.label),
        unit=command.unit or "",
        low=command.range.low if command.range else None,
        high=command.range.high if command.range else None,
        allowed=ceiling is not None,
        allowed_low=ceiling.limit.low if ceiling else None,
        allowed_high=ceiling.limit.high if ceiling else None,
        roles=tuple(role.value for role in ceiling.roles) if ceiling else (),
        choices={name: dict(label) for name, label in command.choices.items()},
    )


def _reasons(tree: Mapping[str, Any], above: str, bucket: str) -> tuple[ReasonView, ...]:
    """Return a reason tree; what stands below a node inherits its bucket."""
    found = []
    for name, reason in tree.items():
        code = f"{above}/{name}" if above else name
        own = reason.bucket or bucket
        found.append(
            ReasonView(
                code=code,
                label=dict(reason.label),
                category=TimeCategory.of_bucket(own).value if own else "",
                comment=reason.comment,
                reasons=_reasons(reason.reasons, code, own),
            )
        )
    return tuple(found)
