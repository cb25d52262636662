"""Parameters that many routes share, and what the one who asks can do."""

from linewright.server.book.acting import Acting
from linewright.server.grants import Person
from linewright.server.signing.roles import role_at
from linewright.server.web.asked import Asked
from linewright.server.web.rows import Param
from linewright.server.web.site import Acts

__all__ = [
    "ADDRESS",
    "FROM_MS",
    "MANY_TAGS",
    "PLACE",
    "SINCE_MS",
    "TAG",
    "TAGS",
    "TILL_MS",
    "UNTIL_MS",
    "WINDOW",
    "WINDOWS",
    "acting_of",
    "acts_of",
    "count",
]

TAGS_MAX = 2_000
"""Most tags whose values are asked for at once."""

EXPORTS_MAX = 20
"""Most tags of one export."""

ADDRESS = Param(
    name="address", needed=True, words="place: site, area, line, work centre or station"
)

PLACE = Param(name="address", default="", words="place; left out: the whole site")

WINDOW = Param(
    name="window",
    default="shift",
    chars=80,
    words="`shift` (the open one, else the last), `day` (the production day now), `YYYY-MM-DD`, "
    "or `YYYY-MM-DD/SHIFT`",
)

SINCE_MS = Param(name="from_ms", kind="integer", needed=True, words="beginning, ms since 1970 UTC")

TILL_MS = Param(name="until_ms", kind="integer", needed=True, words="end, ms since 1970 UTC")

FROM_MS = Param(name="from_ms", kind="integer", words="beginning, ms since 1970 UTC; with until_ms")

UNTIL_MS = Param(name="until_ms", kind="integer", words="end, ms since 1970 UTC; with from_ms")

WINDOWS = (WINDOW, FROM_MS, UNTIL_MS)

TAG = Param(name="tag", needed=True, words="tag, as `address#name`")

TAGS = Param(
    name="tags", many=TAGS_MAX, chars=500, words="tags, as `address#name`, parted by commas"
)

MANY_TAGS = Param(
    name="tag", many=EXPORTS_MAX, needed=True, words="tag, as `address#name`; may be repeated"
)


def count(name: str, default: int, most: int, words: str) -> Param:
    """Return a parameter that says how many of something are wanted."""
    return Param(name=name, kind="integer", low=1, high=most, default=default, words=words)


def acts_of(asked: Asked) -> Acts:
    """Return what the one who asks can do, in the role held at the site."""
    roles = role_at(asked.who.roles, asked.site.name)
    assert roles, "the permission of the row was checked"
    return asked.site.acts.by(Person(id=asked.who.person, role=roles[0]))


def acting_of(asked: Asked) -> Acting:
    """Return what the one who asks can do to the records of the site."""
    return asked.site.acting(acts_of(asked).desk.person)
