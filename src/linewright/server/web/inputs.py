"""What tells that a resource may have changed, so that it is made anew only then.

Each view is made from records of some kinds at a place, the state of its line, newest values and
the life of the services; time itself goes on besides, which the hub sees to.
"""

from linewright.plant import Address
from linewright.server.book.keeping import ACT, Kept
from linewright.server.known import Moment
from linewright.server.web.asked import Asked
from linewright.server.web.rows import Inputs

__all__ = ["acts_at", "made_from", "of_values", "services_up"]

GROUP_PARTS = 3
"""Parts of the address of a line or work centre: site, area, line."""

ALL = ("alarm", "call", "day", "forecast", "note", "people", "upkeep")
"""Kinds of records that the book counts."""


def made_from(*kinds: str, line: bool = False, values: bool = False, peers: bool = False) -> Inputs:
    """Return what tells the versions of what a view of one place is made from.

    Parameters
    ----------
    kinds
        Kinds of records; none: all of them.
    line
        Whether the present state of the line is in it.
    values
        Whether the newest values of the place are.
    peers
        Whether the sites of other servers are.
    """

    def inputs(asked: Asked) -> object:
        kept, moment = asked.now()
        text = str(asked.query.get("address") or asked.site.name)
        place = _counted_at(text, asked.site.name)
        found: list[object] = [kept.version(kind, place) for kind in kinds or ALL]
        found += [services_up(kept, moment), kept.known.stop, moment.rev]
        if line:
            found.append(kept.known.lines.get(Address(place)))
        if peers:
            found.append(asked.site.following.version)
        if values:
            found.append(kept.newest.version_of(text))
        return found

    return inputs


def acts_at(asked: Asked) -> object:
    """Return what is to be seen at once: what people did at the place, and who lives."""
    kept, moment = asked.now()
    text = str(asked.query.get("address") or asked.site.name)
    acted = kept.version(ACT, _counted_at(text, asked.site.name))
    return acted, services_up(kept, moment)


def of_values(asked: Asked) -> object:
    """Return the versions of the stations whose tags are asked for, and the life of services."""
    kept, moment = asked.now()
    owners = dict.fromkeys(tag.partition("#")[0] for tag in asked.query["tags"])
    return [services_up(kept, moment), *(kept.newest.version_of(owner) for owner in owners)]


def services_up(kept: Kept, moment: Moment) -> tuple[str, ...]:
    """Return the services that live: views of one that does not have doubts.

    Parameters
    ----------
    kept
        For the signs of life.
    moment
        A sign that is too old counts no more.
    """
    known = kept.known
    return tuple(name for name in known.alive if known.is_up(name, moment.mono_s))


def _counted_at(text: str, site: str) -> str:
    """Return the place at which changes are counted: line or work centre, else the whole site."""
    parts = text.partition("#")[0].split("/")
    return "/".join(parts[:GROUP_PARTS]) if len(parts) >= GROUP_PARTS else site
