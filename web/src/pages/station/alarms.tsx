// The alarms of the station that are not normal, each with the button to say that it was seen.
import { actOnAlarm, alarmWords, asFault, href, inUrgency, isWaiting, tabOf, useMay, usePlant, usePlantNow, useWatched, withQuery } from "../../data";
import type { AlarmsView } from "../../contract/views";
import { Busy, Card, FaultNote, PriorityMark, toast } from "../../kit";
import { label, span, t, word } from "../../words";

export function StationAlarms({ address }: { address: string }) {
  const plant = usePlant().value;
  const now_ms = usePlantNow(1000);
  const may = useMay("acknowledge");
  const found = useWatched<AlarmsView>(withQuery("/api/alarms", { address }));
  const rows = inUrgency(found.value);
  const line = address.slice(0, address.lastIndexOf("/"));
  const seen = (id: string) => void actOnAlarm(id, { act: "acknowledge" }).then(() => toast(t("alarms.done.acknowledge")), (error: unknown) => toast(asFault(error).what, { bad: true }));
  return (
    <Card title={t("nav.alarms")} aside={<a href={href("alarms", line)}>{t("station.all_alarms")}</a>}>
      {found.fault ? <FaultNote fault={found.fault} /> : !found.value ? <Busy /> : rows.length ? (
        <ul className="station-list">{rows.map(([id, alarm]) => (
          <li key={id} className="row">
            <PriorityMark priority={alarm.priority} />
            <span><b>{alarmWords(plant, alarm)}</b><br /><small>{word("alarmstate", alarm.state)}{alarm.raised_ms && now_ms ? ` · ${span((now_ms - alarm.raised_ms) / 1000)}` : ""}</small>
              {alarm.action && Object.keys(alarm.action).length ? <><br /><span>→ {label(alarm.action, "")}</span></> : null}</span>
            {isWaiting(alarm) && may && tabOf(alarm) === "active" ? <button type="button" className="push" onClick={() => seen(id)}>{t("alarms.acknowledge")}</button> : null}
          </li>
        ))}</ul>
      ) : <p className="quiet">{t("alarms.none.active")}</p>}
    </Card>
  );
}
