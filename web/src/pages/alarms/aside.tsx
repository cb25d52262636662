// Put an alarm aside: shelved for a time, or out of service; both say why.
import { useState } from "react";
import { actOnAlarm, alarmPlaceWords, alarmWords, asFault, usePlant, usePlantNow, useWatched, withQuery, type Fault } from "../../data";
import type { AlarmView, LineView } from "../../contract/views";
import { Dialog, FaultNote, Field, PriorityMark, toast } from "../../kit";
import { dayAndTime, t } from "../../words";

export interface Asked {
  id: string;
  alarm: AlarmView;
  act: "shelve" | "remove_from_service";
}

/** For how long one shelves; ISA-18.2 wants an end to every one. */
const MINUTES = [15, 30, 60, 240, 480] as const;

export function PutAside({ asked: { id, alarm, act }, onClose }: { asked: Asked; onClose: () => void }) {
  const plant = usePlant().value;
  const now = usePlantNow(5000) ?? 0;
  const group = alarm.address.split("#")[0]?.split("/").slice(0, 3).join("/") ?? "";
  const shift_ms = useWatched<LineView>(withQuery("/api/line", { address: group })).value?.shift_until_ms;
  const [until, setUntil] = useState<number | "shift">(30);
  const [why, setWhy] = useState("");
  const [fault, setFault] = useState<Fault>();
  const until_ms = until === "shift" ? (shift_ms ?? now) : now + until * 60_000;
  const isShelve = act === "shelve";
  const send = () => {
    setFault(undefined);
    const said = { act, comment: why.trim(), ...(isShelve ? { until_ms: Math.round(until_ms) } : {}) };
    actOnAlarm(id, said).then(
      () => {
        onClose();
        toast(isShelve ? t("alarms.shelved_until", { time: dayAndTime(until_ms) }) : t("alarms.removed"), { undo: () => void actOnAlarm(id, { act: isShelve ? "unshelve" : "return_to_service" }).catch((error: unknown) => toast(asFault(error).what, { bad: true })) });
      },
      (error: unknown) => setFault(asFault(error)),
    );
  };
  return (
    <Dialog title={t(isShelve ? "alarms.shelve" : "alarms.remove")} onClose={onClose}>
      <p className="row"><PriorityMark priority={alarm.priority} /><b>{alarmWords(plant, alarm)}</b><span>{alarmPlaceWords(plant, alarm)}</span></p>
      <p className="quiet">{t(isShelve ? "alarms.shelve.text" : "alarms.remove.text")}</p>
      {isShelve ? (
        <div className="picks" role="group" aria-label={t("alarms.how_long")}>
          {MINUTES.map((each) => <button key={each} type="button" aria-pressed={until === each} className={until === each ? "hint" : ""} onClick={() => setUntil(each)}>{each < 60 ? t("trend.span.min", { n: each }) : t("trend.span.h", { n: each / 60 })}</button>)}
          {shift_ms && shift_ms > now ? <button type="button" aria-pressed={until === "shift"} className={until === "shift" ? "hint" : ""} onClick={() => setUntil("shift")}>{t("alarms.until_shift")}<small>{dayAndTime(shift_ms)}</small></button> : null}
        </div>
      ) : null}
      <Field label={t("alarms.why")}><input value={why} maxLength={1000} required autoFocus onChange={(event) => setWhy(event.target.value)} /></Field>
      {fault ? <FaultNote fault={fault} /> : null}
      <footer>
        <button type="button" onClick={onClose}>{t("cancel")}</button>
        <button type="button" className="main" disabled={!why.trim()} onClick={send}>{isShelve ? t("alarms.shelve_until", { time: dayAndTime(until_ms) }) : t("alarms.remove")}</button>
      </footer>
    </Dialog>
  );
}
