// What happened to alarms: filtered by words, event and priority, and saved as CSV.
import { useDeferredValue, useMemo, useState } from "react";
import { alarmPlace, alarmPlaceWords, alarmWords, found, href, useChosenWindow, usePlant, useWatched, useWho, withQuery } from "../../data";
import type { JournalRow, JournalView } from "../../contract/views";
import { asCsv, Busy, Card, Empty, FaultNote, Field, PriorityMark, save, Table, WindowPicker } from "../../kit";
import { day, quantity, t, timeToSecond, word } from "../../words";

/** The most that the server gives at once. */
const ROWS = 5000;
/** Rows that are drawn; the filter and the CSV have all. */
const DRAWN = 300;

export function Journal({ address }: { address: string }) {
  const plant = usePlant().value;
  const who = useWho();
  const chosen = useChosenWindow();
  const answer = useWatched<JournalView>(withQuery("/api/alarms/journal", { address, ...chosen.query, limit: ROWS }));
  const [search, setSearch] = useState("");
  const [event, setEvent] = useState("");
  const [priority, setPriority] = useState("");
  const wanted = useDeferredValue(search);
  const all = answer.value?.rows ?? NONE;
  const events = useMemo(() => [...new Set(all.map((row) => row.event))], [all]);
  const rows = useMemo(() => all.filter((row) =>
    (!event || row.event === event) && (!priority || row.priority === priority)
    && found(`${alarmWords(plant, row)} ${row.address} ${row.alarm} ${alarmPlaceWords(plant, row)} ${row.by ?? ""} ${row.comment ?? ""} ${row.text ?? ""}`, wanted)), [all, event, priority, wanted, plant]);
  const csv = () => save("linewright-alarms.csv", new Blob([asCsv([
    ["time", "t_ms", "address", "alarm", "event", "state", "priority", "by", "value", "limit", "unit", "text", "comment"],
    ...rows.map((row) => [new Date(row.t_ms).toISOString(), row.t_ms, row.address, row.alarm, row.event, row.state, row.priority, row.by, row.value, row.limit, row.unit, row.text, row.comment]),
  ])], { type: "text/csv" }));
  return (
    <Card title={t("alarms.tab.journal")} aside={<WindowPicker {...chosen.picker} />}>
      <div className="row alarms-filter">
        <Field label={t("alarms.search")}><input type="search" value={search} onChange={(each) => setSearch(each.target.value)} /></Field>
        <Field label={t("alarms.event")}><select value={event} onChange={(each) => setEvent(each.target.value)}><option value="">{t("alarms.all")}</option>{events.map((name) => <option key={name} value={name}>{word("alarmevent", name)}</option>)}</select></Field>
        <Field label={t("alarms.priority")}><select value={priority} onChange={(each) => setPriority(each.target.value)}><option value="">{t("alarms.all")}</option>{["critical", "high", "medium", "low"].map((name) => <option key={name} value={name}>{word("priority", name)}</option>)}</select></Field>
        <button type="button" className="push" onClick={csv} disabled={!rows.length}>CSV</button>
      </div>
      {answer.fault ? <FaultNote fault={answer.fault} /> : !answer.value ? <Busy /> : (
        <Table<JournalRow> caption={t("alarms.tab.journal")} rows={rows.slice(0, DRAWN)} id={(row) => `${row.t_ms} ${row.address} ${row.alarm} ${row.event}`} empty={<Empty>{t(all.length ? "alarms.none.found" : "alarms.none.journal")}</Empty>}
          columns={[
            { name: "time", title: t("alarms.time"), show: (row) => <span className="num nowrap">{day(row.t_ms)}<br />{timeToSecond(row.t_ms)}</span>, by: (row) => row.t_ms },
            { name: "event", title: t("alarms.event"), show: (row) => <b>{word("alarmevent", row.event)}</b>, by: (row) => word("alarmevent", row.event) },
            { name: "priority", title: t("alarms.priority"), show: (row) => <PriorityMark priority={row.priority} />, by: (row) => ["critical", "high", "medium", "low"].indexOf(row.priority) },
            {
              name: "alarm", title: t("alarms.alarm"), wide: true, by: (row) => alarmWords(plant, row),
              show: (row) => <>{alarmWords(plant, row)}<br /><a href={href("station", alarmPlace(row))}>{alarmPlaceWords(plant, row)}</a>{row.value === undefined ? null : <small className="num"> {quantity(row.value, row.unit)}{row.limit === undefined ? "" : ` · ${t("alarms.limit", { limit: quantity(row.limit, row.unit) })}`}</small>}</>,
            },
            { name: "by", title: t("alarms.by"), show: (row) => <>{who(row.by) || "–"}{row.comment ? <><br /><q>{row.comment}</q></> : null}</>, by: (row) => row.by },
          ]} />
      )}
      {rows.length > DRAWN ? <small>{t("alarms.more_rows", { n: rows.length - DRAWN })}</small> : null}
      {answer.value?.more ? <small>{t("alarms.most_rows", { n: ROWS })}</small> : null}
    </Card>
  );
}

const NONE: readonly JournalRow[] = [];
