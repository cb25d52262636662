// Call for help with one tap; what was called stands here until it is done.
import { act, asFault, ask, useMay, usePlantNow, useWatched, useWho, withQuery } from "../../data";
import type { CallsView, CallView } from "../../contract/views";
import { Busy, Card, FaultNote, Tag, toast } from "../../kit";
import { stopwatch, t, word } from "../../words";

const KINDS = ["maintenance", "material", "quality", "supervisor", "engineering", "logistics", "safety"] as const;
/** What comes next for a call in a state. */
const NEXT: Readonly<Record<string, "acknowledge" | "arrive" | "resolve">> = { raised: "acknowledge", escalated: "acknowledge", acknowledged: "arrive", arrived: "resolve" };

export function CallCard({ address }: { address: string }) {
  const may = useMay("call");
  const now_ms = usePlantNow(1000);
  const who = useWho();
  const found = useWatched<CallsView>(withQuery("/api/calls", { address }));
  const open = Object.entries(found.value?.calls ?? {}).sort(([, one], [, other]) => one.raised_ms - other.raised_ms);
  const failed = (error: unknown) => toast(asFault(error).what, { bad: true });
  const to = (id: string, what: string) => act<CallView>("POST", `/api/calls/${encodeURIComponent(id)}`, { act: what });
  const call = async (kind: string) => {
    const before = new Set(open.map(([id]) => id));
    await act<CallView>("POST", "/api/calls", { address, kind });
    toast(t("station.called", { kind: word("call", kind) }), { undo: () => void mine(before, kind).catch(failed) });
  };
  const mine = async (before: ReadonlySet<string>, kind: string) => {
    const now = await ask<CallsView>(withQuery("/api/calls", { address }));
    const made = Object.entries(now.calls ?? {}).find(([id, each]) => !before.has(id) && each.kind === kind);
    if (made) await to(made[0], "cancel");
  };
  return (
    <Card title={t("station.help")}>
      {found.fault ? <FaultNote fault={found.fault} /> : !found.value ? <Busy /> : open.length ? (
        <ul className="station-list">{open.map(([id, each]) => (
          <li key={id} className="row">
            <Tag kind={each.state === "escalated" ? "high" : each.state === "raised" ? "medium" : "calm"}>{word("call", each.kind)}</Tag>
            <span>{word("callstate", each.state)}{each.level ? ` · ${t("andon.level", { n: each.level })}` : ""}{each.to ? ` · ${word("role_of", each.to)}` : ""}<br /><small className="num">{now_ms ? stopwatch((now_ms - each.raised_ms) / 1000) : ""}{each.by ? ` · ${who(each.by)}` : ""}</small></span>
            {may ? <span className="row push">
              {NEXT[each.state] ? <button type="button" onClick={() => void to(id, NEXT[each.state] ?? "").catch(failed)}>{t(`station.call.${NEXT[each.state] ?? "acknowledge"}`)}</button> : null}
              {each.state === "arrived" ? null : <button type="button" className="plain" onClick={() => void to(id, "cancel").catch(failed)}>{t("station.call.cancel")}</button>}
            </span> : null}
            {each.text ? <details className="station-more"><summary>{t("station.why")}</summary><p>{each.text}</p></details> : null}
          </li>
        ))}</ul>
      ) : <p className="quiet">{t("andon.no_calls")}</p>}
      {may ? (
        <div className="station-kinds" role="group" aria-label={t("station.help")}>
          {KINDS.map((kind) => <button key={kind} type="button" disabled={open.some(([, each]) => each.kind === kind)} onClick={() => void call(kind).catch(failed)}>{word("call", kind)}</button>)}
        </div>
      ) : <small>{t("station.may_not_call")}</small>}
    </Card>
  );
}
