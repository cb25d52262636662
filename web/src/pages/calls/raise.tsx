// Call for help: where, then what for; the second tap calls.
import { useState } from "react";
import { actOnCall, CALL_KINDS, callFault, nameOf, placeAt, raiseCall, usePlant, useWho, ask, withQuery, type CallEntry } from "../../data";
import type { CallsView } from "../../contract/views";
import { Dialog, Field, toast } from "../../kit";
import { t, word } from "../../words";

export function Raise({ group, open, onClose }: { group: string; open: readonly CallEntry[]; onClose: () => void }) {
  const plant = usePlant().value;
  const who = useWho();
  const view = placeAt(plant, group).view;
  const names = [...new Set([...(view?.flow ?? []), ...Object.keys(view?.stations ?? {})])];
  const [at, setAt] = useState(names.length === 1 ? names[0] : undefined);
  const [text, setText] = useState("");
  const address = at === undefined ? group : `${group}/${at}`;
  const failed = (error: unknown) => toast(callFault(error, who), { bad: true });
  const back = async (kind: string) => {
    const now = await ask<CallsView>(withQuery("/api/calls", { address }));
    const mine = Object.entries(now.calls ?? {}).find(([, each]) => each.address === address && each.kind === kind);
    if (mine) await actOnCall(mine[0], "cancel");
  };
  const send = (kind: string) => {
    onClose();
    raiseCall(address, kind, text.trim()).then(() => toast(t("station.called", { kind: `${word("call", kind)} · ${nameOf(plant, address)}` }), { undo: () => void back(kind).catch(failed) }), failed);
  };
  return (
    <Dialog title={t("calls.raise")} onClose={onClose}>
      <section className="grid"><h3>{t("calls.where")}</h3>
        <div className="picks">{names.map((name) => <button key={name} type="button" aria-pressed={name === at} className={name === at ? "hint" : ""} onClick={() => setAt(name)}>{nameOf(plant, `${group}/${name}`)}</button>)}</div>
      </section>
      <Field label={t("calls.text")}><input value={text} maxLength={1000} onChange={(event) => setText(event.target.value)} /></Field>
      <section className="grid"><h3>{t("calls.what_for")}</h3>
        <div className="picks capital">{CALL_KINDS.map((kind) => {
          const there = at !== undefined && open.some(([, call]) => call.address === address && call.kind === kind);
          return <button key={kind} type="button" disabled={at === undefined || there} onClick={() => send(kind)}>{word("call", kind)}{there ? <small>{t("calls.open_already")}</small> : null}</button>;
        })}</div>
        {at === undefined ? <small role="status">{t("calls.where.first")}</small> : null}
      </section>
    </Dialog>
  );
}
