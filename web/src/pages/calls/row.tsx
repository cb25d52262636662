// One open call: how long, at which level, who is asked, what has happened, and the next step.
import { useState } from "react";
import { actOnCall, callFault, callWaits, href, nameOf, nextStep, usePlant, usePlantNow, useWho, type CallEntry, type CallStep } from "../../data";
import type { CallView } from "../../contract/views";
import { LongText, Sure, Tag, toast } from "../../kit";
import { stopwatch, t, time, word } from "../../words";

export function CallRow({ entry: [id, call], may }: { entry: CallEntry; may: boolean }) {
  const plant = usePlant().value;
  const who = useWho();
  const now_ms = usePlantNow(1000);
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const next = nextStep(call);
  const send = (step: CallStep) => {
    setBusy(true);
    setSure(false);
    actOnCall(id, step)
      .then(() => toast(t(`calls.done.${step}`, { kind: word("call", call.kind), place: nameOf(plant, call.address) })), (error: unknown) => toast(callFault(error, who), { bad: true }))
      .finally(() => setBusy(false));
  };
  return (
    <li className={`call-row ${call.state}`}>
      <div className="call-what">
        <Tag kind={call.state === "escalated" ? "high" : callWaits(call) ? "medium" : "calm"}>{word("call", call.kind)}</Tag>
        <a href={href("station", call.address)}>{nameOf(plant, call.address)}</a>
      </div>
      <b className="call-clock num" title={t("calls.since", { time: time(call.raised_ms) })}>{now_ms === undefined ? "" : stopwatch((now_ms - call.raised_ms) / 1000)}</b>
      <div className="call-how">
        <Asked call={call} now_ms={now_ms} />
        <Steps call={call} />
        {call.text ? <LongText text={call.text} /> : null}
        {call.case ? <a href={href("cases", call.case)}>{t("calls.of_case")}</a> : null}
      </div>
      {may ? (
        <div className="call-acts">
          {next ? <button type="button" className="main" disabled={busy} onClick={() => send(next)}>{t(`station.call.${next}`)}</button> : null}
          {call.state === "arrived" ? null : <button type="button" className="plain" disabled={busy} onClick={() => setSure(true)}>{t("station.call.cancel")}</button>}
        </div>
      ) : null}
      {sure ? <Sure title={t("calls.cancel.title")} yes={t("calls.cancel.yes")} onYes={() => send("cancel")} onNo={() => setSure(false)}><p>{word("call", call.kind)} · {nameOf(plant, call.address)}</p></Sure> : null}
    </li>
  );
}

/** Who is asked now, and when the next one is. */
function Asked({ call, now_ms }: { call: CallView; now_ms: number | undefined }) {
  if (!callWaits(call)) return null;
  const left_s = call.escalates_ms === undefined || now_ms === undefined ? undefined : (call.escalates_ms - now_ms) / 1000;
  return (
    <p>
      {call.level ? <b>▲ {t("andon.level", { n: call.level })} · </b> : null}
      {call.to ? t("calls.asked", { role: word("role_of", call.to) }) : ""}
      {left_s !== undefined && left_s > 0 ? <span className="num"> · {t("andon.escalates", { clock: stopwatch(left_s) })}</span> : null}
    </p>
  );
}

/** What has happened, by whom and when. */
function Steps({ call }: { call: CallView }) {
  const who = useWho();
  const steps: (readonly [string, number | undefined, string])[] = [
    ["raised", call.raised_ms, who(call.by)], ["acknowledged", call.acknowledged_ms, who(call.acknowledged_by)], ["arrived", call.arrived_ms, ""],
  ];
  return (
    <ol className="call-steps">
      {steps.map(([name, t_ms, by]) => (
        <li key={name} className={t_ms === undefined ? "" : "done"}>{t_ms === undefined ? "○" : "✓"} {word("callstate", name)}{t_ms === undefined ? "" : <small className="num"> {time(t_ms)}{by ? ` · ${by}` : ""}</small>}</li>
      ))}
    </ol>
  );
}
