// Call for help with one tap; what was called stands here until it is done.
import { actOnCall, ask, CALL_KINDS, callFault, callWaits, href, inCallOrder, nextStep, raiseCall, useMay, usePlantNow, useWatched, useWho, withQuery, type CallStep } from "../../data";
import type { CallsView } from "../../contract/views";
import { Busy, Card, FaultNote, LongText, Tag, toast } from "../../kit";
import { stopwatch, t, word } from "../../words";

export function CallCard({ address }: { address: string }) {
  const may = useMay("call");
  const now_ms = usePlantNow(1000);
  const who = useWho();
  const found = useWatched<CallsView>(withQuery("/api/calls", { address }));
  const open = inCallOrder(found.value);
  const line = address.slice(0, address.lastIndexOf("/"));
  const failed = (error: unknown) => toast(callFault(error, who), { bad: true });
  const to = (id: string, step: CallStep) => void actOnCall(id, step).catch(failed);
  const call = (kind: string) => {
    const before = new Set(open.map(([id]) => id));
    raiseCall(address, kind).then(() => toast(t("station.called", { kind: word("call", kind) }), { undo: () => void back(before, kind).catch(failed) }), failed);
  };
  const back = async (before: ReadonlySet<string>, kind: string) => {
    const now = await ask<CallsView>(withQuery("/api/calls", { address }));
    const made = Object.entries(now.calls ?? {}).find(([id, each]) => !before.has(id) && each.kind === kind);
    if (made) await actOnCall(made[0], "cancel");
  };
  return (
    <Card title={t("station.help")} aside={<a href={href("calls", line)}>{t("calls.all")}</a>}>
      {found.fault ? <FaultNote fault={found.fault} /> : !found.value ? <Busy /> : open.length ? (
        <ul className="station-list">{open.map(([id, each]) => {
          const next = nextStep(each);
          return (
            <li key={id} className="station-call">
              <div>
                <Tag kind={each.state === "escalated" ? "high" : callWaits(each) ? "medium" : "calm"}>{word("call", each.kind)}</Tag> <b className="num">{now_ms ? stopwatch((now_ms - each.raised_ms) / 1000) : ""}</b>
                <p>{word("callstate", each.state)}{each.level ? ` · ${t("andon.level", { n: each.level })}` : ""}{each.to && callWaits(each) ? ` · ${t("calls.asked", { role: word("role_of", each.to) })}` : ""}{each.by ? <small> · {who(each.by)}</small> : null}</p>
              </div>
              {may ? <span className="row">
                {next ? <button type="button" onClick={() => to(id, next)}>{t(`station.call.${next}`)}</button> : null}
                {each.state === "arrived" ? null : <button type="button" className="plain" onClick={() => to(id, "cancel")}>{t("station.call.cancel")}</button>}
              </span> : null}
              {each.text ? <div className="station-more"><LongText text={each.text} /></div> : null}
            </li>
          );
        })}</ul>
      ) : <p className="quiet">{t("andon.no_calls")}</p>}
      {may ? (
        <div className="station-kinds capital" role="group" aria-label={t("station.help")}>
          {CALL_KINDS.map((kind) => <button key={kind} type="button" disabled={open.some(([, each]) => each.kind === kind)} onClick={() => call(kind)}>{word("call", kind)}</button>)}
        </div>
      ) : <small>{t("station.may_not_call")}</small>}
    </Card>
  );
}
