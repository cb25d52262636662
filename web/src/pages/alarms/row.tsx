// One alarm: how urgent, what, where, since when, what to do, and the buttons for it.
import { actOnAlarm, alarmPlace, alarmPlaceWords, alarmWords, asFault, href, isActive, isWaiting, tabOf, useMay, usePlant, usePlantNow, useWho, type AlarmEntry } from "../../data";
import { Menu, PriorityMark, Tag, toast } from "../../kit";
import { dayAndTime, label, quantity, span, t, time, word } from "../../words";
import type { Asked } from "./aside";

/** What is shown before and after the alarm when its trend is opened. */
const AROUND_MS = 15 * 60_000;

export function AlarmRow({ entry: [id, alarm], onAsk }: { entry: AlarmEntry; onAsk: (asked: Asked) => void }) {
  const plant = usePlant().value;
  const who = useWho();
  const now = usePlantNow(1000);
  const [mayAcknowledge, mayShelve, maySuppress] = [useMay("acknowledge"), useMay("shelve"), useMay("suppress")];
  const tab = tabOf(alarm);
  const place = alarmPlace(alarm);
  const station = (plant?.groups?.[place.slice(0, place.lastIndexOf("/"))]?.stations ?? {})[place.slice(place.lastIndexOf("/") + 1)];
  const todo = (act: string, key: "alarms.done.acknowledge" | "alarms.done.back" | "alarms.done.reset") => () =>
    void actOnAlarm(id, { act }).then(() => toast(t(key)), (error: unknown) => toast(asFault(error).what, { bad: true }));
  const value = alarm.value === undefined ? "" : `${quantity(alarm.value, alarm.unit)}${alarm.limit === undefined ? "" : ` · ${t("alarms.limit", { limit: quantity(alarm.limit, alarm.unit) })}`}`;
  const at = alarm.raised_ms;
  return (
    <li className={`alarm ${alarm.priority}${isWaiting(alarm) ? " waiting" : ""}`}>
      <div className="alarm-mark"><PriorityMark priority={alarm.priority} /></div>
      <div className="alarm-what">
        <b>{alarmWords(plant, alarm)}</b>
        <span className="row">
          {station ? <a href={href("station", place)}>{alarmPlaceWords(plant, alarm)}</a> : <a href={href("line", place)}>{alarmPlaceWords(plant, alarm)}</a>}
          {value ? <span className="num">{value}</span> : null}
          {alarm.text && alarm.text !== alarmWords(plant, alarm) && !alarm.alarm.startsWith("silence_") ? <q>{alarm.text}</q> : null}
          <Tag kind={isWaiting(alarm) ? (alarm.priority as "high") : "calm"}>{word("alarmstate", alarm.state)}</Tag>
          {alarm.chattering ? <Tag kind="medium" title={t("alarms.chattering.hint")}>{t("alarms.chattering")}</Tag> : null}
          {alarm.stale ? <Tag kind="low" title={t("alarms.stale.hint")}>{t("alarms.stale")}</Tag> : null}
          {alarm.acknowledged_by ? <small>{t("alarms.seen_by", { who: who(alarm.acknowledged_by), time: time(alarm.acknowledged_ms ?? at) })}</small> : null}
          {tab !== "active" ? <small>{[alarm.shelved_until_ms ? t("alarms.until", { time: dayAndTime(alarm.shelved_until_ms) }) : "", who(alarm.shelved_by)].filter(Boolean).join(" · ")}</small> : null}
          {tab !== "active" && alarm.comment ? <q>{alarm.comment}</q> : null}
        </span>
        {alarm.action && Object.keys(alarm.action).length ? <p className="alarm-action">→ {label(alarm.action, "")}</p> : null}
      </div>
      <div className="alarm-age num">
        <b>{at && now !== undefined ? span((now - at) / 1000) : "–"}</b>
        <small>{at ? dayAndTime(at) : ""}</small>
        {alarm.returned_ms ? <small>{t("alarms.gone", { time: time(alarm.returned_ms) })}</small> : isActive(alarm) ? <small>{t("alarms.stands")}</small> : null}
      </div>
      <div className="alarm-acts no-print">
        {tab === "active" && isWaiting(alarm) && mayAcknowledge ? <button type="button" className="main" onClick={todo("acknowledge", "alarms.done.acknowledge")}>{t("alarms.acknowledge")}</button> : null}
        {alarm.state === "latched_acknowledged" && mayAcknowledge ? <button type="button" onClick={todo("reset", "alarms.done.reset")}>{t("alarms.reset")}</button> : null}
        {tab === "shelved" && mayShelve ? <button type="button" onClick={todo("unshelve", "alarms.done.back")}>{t("alarms.unshelve")}</button> : null}
        {tab === "out_of_service" && maySuppress ? <button type="button" onClick={todo("return_to_service", "alarms.done.back")}>{t("alarms.return")}</button> : null}
        {tab === "active" && mayShelve ? (
          <Menu name={t("alarms.more_of", { name: alarmWords(plant, alarm) })} title="⋯">
            <button type="button" onClick={() => onAsk({ id, alarm, act: "shelve" })}>{t("alarms.shelve")}</button>
            {maySuppress ? <button type="button" onClick={() => onAsk({ id, alarm, act: "remove_from_service" })}>{t("alarms.remove")}</button> : null}
            {alarm.address.includes("#") ? <a className="button" href={href("trend", "", { tags: alarm.address, from: at - AROUND_MS, until: (alarm.returned_ms ?? now ?? at) + AROUND_MS })}>{t("alarms.trend")}</a> : null}
          </Menu>
        ) : null}
      </div>
    </li>
  );
}
