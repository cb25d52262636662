"""Trust in the certificate of a machine: a person's decision, asked of `connect` and audited."""

import hashlib
from typing import Any

import msgspec

from linewright.bus import Bus, BusUnavailable
from linewright.plant.language import nearest
from linewright.server.desk import Desk, Refusal
from linewright.server.known import Known

__all__ = ["Decision", "trust"]

TRUST_S = 10.0
"""How long `connect` may take to answer."""

FINGERPRINT_CHARS = 200
"""Longest fingerprint that is passed on."""


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which certificate of which source a person trusts.

    Examples
    --------
    >>> Decision(source="saw", fingerprint="ab12").source
    'saw'
    """

    source: str
    fingerprint: str


async def trust(bus: Bus, desk: Desk, known: Known, decision: Decision) -> dict[str, Any]:
    """Have `connect` trust a certificate, and keep in the audit who said so.

    Raises
    ------
    Refusal
        There is no such source, it shows another certificate, or `connect` refuses.
    BusUnavailable
        `connect` does not answer: it may or may not be trusted.
    """
    link = known.links.get(decision.source)
    where = f"source {decision.source[:64]}"
    if link is None:
        near = nearest(decision.source[:200], known.links)
        to_do = f"did you mean `{near}`?" if near else "`linewright status` lists the sources"
        raise Refusal(404, "there is no such source", where, to_do)
    shown = str(link.get("certificate", ""))
    if not shown or shown != decision.fingerprint[:FINGERPRINT_CHARS]:
        what = "the source shows another certificate by now" if shown else "it shows no certificate"
        raise Refusal(409, what, where, "look at it again by `linewright trust`")
    request = {"source": decision.source, "fingerprint": shown, "by": desk.person.id}
    subject = f"lw.ask.{bus.site}.connect.trust"
    of = hashlib.sha256(shown.encode()).hexdigest()
    text = f"{desk.person.id} trusts the certificate {shown} of {decision.source}"
    try:
        data = await bus.ask(subject, msgspec.json.encode(request), timeout_s=TRUST_S)
        answer = _read(data)
    except BusUnavailable as error:
        await desk.audit("trust.given", "not_known", content_sha256=of, text=f"{text}: {error}")
        raise
    if answer.get("error"):
        said = str(answer["error"])[:300]
        await desk.audit("trust.given", "refused", content_sha256=of, text=f"{text}: {said}")
        raise Refusal(409, said, where, "look at it again by `linewright trust`")
    await desk.audit("trust.given", "done", content_sha256=of, text=f"{text}.")
    return {"source": decision.source, "fingerprint": shown, "said": str(answer.get("said", ""))}


def _read(data: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(data)
    except msgspec.MsgspecError:
        return {"said": data.decode("utf-8", "replace")[:300]}
    return found if isinstance(found, dict) else {"said": str(found)[:300]}
