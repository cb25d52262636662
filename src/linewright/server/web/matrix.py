"""The page docs/routes.md: every route, what it needs, and which role may use it."""

from collections.abc import Iterable

from linewright.plant.records import Role
from linewright.server.signing.roles import PERMISSIONS
from linewright.server.web.routes.people import permissions_of
from linewright.server.web.rows import Row
from linewright.server.web.table import ROWS

__all__ = ["routes_page"]

HEAD = """\
# Routes

<!-- Written by `python -m tools.pages` from src/linewright/server/web/table.py. -->

What the pages of `linewright up` ask, other programs can ask too. All of it stands in one table,
from which the server, this page, the OpenAPI document (`/api/openapi.json`) and the types of the
web application are made.

**Who asks.** A browser has a session: a cookie that `/api/sign-in`, `/api/first`, `/api/link`,
`/api/key` or the OpenID provider gave it; each request that changes something brings the header
`x-linewright-csrf` with the value `csrf` of `/api/session`. A program of the same machine sends
`Authorization: Bearer KEY` with the key that stands behind `#key=` in the address that `up` prints.
A program of another machine sends `Authorization: Bearer TOKEN` with a token of its own. It reads
the routes whose word stands under `token` in the table below, and nothing else. People, roles,
sessions and tokens: [signing.md](signing.md).

**What is refused** comes as `{"what": ..., "where": ..., "to_do": ...}`. 401: nobody is signed in.
403: the role does not give it, or a page from elsewhere asks. 404: there is no such thing. 409: it
is otherwise by now, and `state` has it as it is. 413: too large. 422: a parameter or the body
cannot be used. 429: too often; `Retry-After` says when again. 503: a part of the site does not
answer now.

**Windows.** `window` is `shift` (the open one, else the last), `day` (the production day now),
`YYYY-MM-DD` or `YYYY-MM-DD/SHIFT`; or `from_ms` and `until_ms` are given. Times are ms since 1970
UTC, durations seconds, shares 0 to 1.

## Watching

A resource that is `fast` or `slow` below can be watched on the WebSocket `/api/watch`: the same
function answers, and the same permission is needed. `fast` changes are told at most ten times a
second, `slow` ones once.

| who | message |
|---|---|
| client | `{"watch": "/api/line?address=...", "id": 1}`, with `"version"` where it holds one |
| client | `{"unwatch": 1}` |
| server | `{"id": 1, "version": "k3.17", "full": {...}}`: all of it |
| server | `{"id": 1, "version": "k3.18", "patch": {...}}`: a JSON Merge Patch (RFC 7386) |
| server | `{"id": 1, "error": {"status": 503, "what": ..., "where": ..., "to_do": ...}}` |
| server | `{"beat": 1795449600000}`: each second, its clock |

Who was away for less than a minute and gives its version gets what has changed since; who is slow
gets the newest, and nothing piles up. After three seconds without a beat nothing that is shown
holds any more. 200 sockets are served at once, each with 64 watches; a message has at most 256 KiB.
A socket is closed with 4401 when its session has ended, with 1008 when it sends what it must not.

"""

PROMETHEUS = """
## Prometheus and Grafana

`/metrics` gives figures in the text format of Prometheus: `linewright_service_up`,
`linewright_link_connected`, `linewright_tags`, `linewright_sample_frames_total`,
`linewright_watch_sockets`, `linewright_watch_resources`, `linewright_watch_made_total`,
`linewright_actions_stopped`, `linewright_oee_ratio`, `linewright_good_parts`,
`linewright_target_parts`, `linewright_station_state`, `linewright_alarms_open`,
`linewright_calls_open`. The figures are those of the pages.

```yaml
scrape_configs:
  - job_name: linewright
    scheme: https
    tls_config: { ca_file: ca.crt } # https://HOST:PORT/ca.crt, its fingerprint compared
    authorization: { credentials_file: token } # linewright tokens add prometheus --scope metrics
    static_configs: [{ targets: ["HOST:PORT"] }]
```

On the same machine, without TLS: `scheme: http`, and no `tls_config`.

Grafana reads with its JSON or Infinity data source from `/api/grafana/...`: each answer is a list
of rows. It sends a token with the scope `grafana` as `Authorization: Bearer TOKEN`. `${__from}` and
`${__to}` of a dashboard are the values of `from_ms` and `until_ms`.
"""


def routes_page(rows: Iterable[Row] = ROWS) -> str:
    """Return the page.

    Parameters
    ----------
    rows
        The route table.

    Examples
    --------
    >>> "| GET | `/api/line` |" in routes_page()
    True
    """
    table = tuple(rows)
    return HEAD + _routes(table) + "\n" + _matrix(table) + "\n" + _words() + PROMETHEUS


def _routes(rows: tuple[Row, ...]) -> str:
    said = ["## All routes\n", "| method | path | what it gives | parameters | watch |"]
    said.append("|---|---|---|---|---|")
    for row in sorted(rows, key=lambda row: (row.path, row.method)):
        names = ", ".join(f"`{p.name}`" if p.needed else f"`{p.name}`?" for p in row.query)
        watch = "" if row.watch == "none" else row.watch
        said.append(f"| {row.method} | `{row.path}` | {row.summary} | {names} | {watch} |")
    return "\n".join(said) + "\n"


def _matrix(rows: tuple[Row, ...]) -> str:
    head = " | ".join(role.value for role in Role)
    said = ["## Who may\n", f"| method | path | permission | {head} | token |"]
    said.append("|---|---|---" + "|---" * (len(Role) + 1) + "|")
    for each in sorted(permissions_of(rows), key=lambda each: (each.path, each.method)):
        marks = " | ".join("yes" if role.value in each.roles else "" for role in Role)
        word = f"`{each.permission}`" if each.permission else "nobody needs to be signed in"
        scope = f"`{each.scope}`" if each.scope else ""
        said.append(f"| {each.method} | `{each.path}` | {word} | {marks} | {scope} |")
    return "\n".join(said) + "\n"


def _words() -> str:
    said = ["## Permissions\n", "| permission | lets a person |", "|---|---|"]
    said += [f"| `{word}` | {row.gives} |" for word, row in PERMISSIONS.items()]
    return "\n".join(said) + "\n"
