// The board: a row is an hour. Arrow keys walk, Enter opens the hour.
import { useRef, type KeyboardEvent } from "react";
import type { HoursView, HourView } from "../../contract/views";
import { Tag } from "../../kit";
import { minutes, NONE, number, signed, t, time, word } from "../../words";

export type When = "over" | "open" | "coming";

/** Whether an hour is over, still goes on, or has not begun; by how far it is counted. */
export function whenOf(hour: HourView, window: HoursView["window"]): When {
  if (!window.open) return "over";
  const counted = window.watermark_ms ?? window.from_ms;
  if (hour.until_ms <= counted) return "over";
  return hour.from_ms < counted ? "open" : "coming";
}

/** `words` are those of a reason code; empty for a category, which is no reason yet. */
export function HourTable({ view, words, onOpen }: { view: HoursView; words: (code: string) => string; onOpen: (hour: HourView) => void }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const hours = (view.hours ?? []).filter((each) => each.planned_s > 0 || each.good);
  const widest = Math.max(1, ...hours.map((each) => Math.abs(each.gap ?? 0)));
  const fullest = Math.max(1, ...hours.map((each) => Math.max(each.target, each.good ?? 0)));
  const walk = (event: KeyboardEvent<HTMLTableRowElement>, hour: HourView) => {
    const rows = [...(body.current?.rows ?? [])].filter((row) => row.dataset.open);
    const at = rows.indexOf(event.currentTarget);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
    else if (event.key === "Enter" && event.target === event.currentTarget) onOpen(hour);
    else return;
    event.preventDefault();
  };
  return (
    <table className="list hours">
      <caption className="read-only">{t("hours.table")}</caption>
      <thead><tr>
        <th scope="col"><span>{t("hours.hour")}</span></th>
        <th scope="col" className="right"><span>{t("hours.target")}</span></th>
        <th scope="col"><span>{t("hours.good")}</span></th>
        <th scope="col" className="right"><span>{t("hours.scrap")}</span></th>
        <th scope="col"><span>{t("hours.gap")}</span></th>
        <th scope="col"><span>{t("hours.why")}</span></th>
      </tr></thead>
      <tbody ref={body}>
        {hours.map((hour, at) => {
          const when = whenOf(hour, view.window);
          const can = when !== "coming";
          return (
            <tr key={hour.from_ms} className={`${when}${hour.red ? " red" : ""}`} data-open={can || undefined} tabIndex={can ? (at === 0 ? 0 : -1) : undefined}
              onKeyDown={can ? (event) => walk(event, hour) : undefined} onClick={can ? () => onOpen(hour) : undefined}>
              <th scope="row" className="num when">{time(hour.from_ms)}–{time(hour.until_ms)}</th>
              <td className="right num target"><small className="narrow">{t("hours.target")} </small>{number(hour.target, 1)}{when === "open" && hour.due !== undefined ? <><br /><small>{t("hours.due", { n: number(hour.due, 0) })}</small></> : null}</td>
              <td className="good"><Made good={hour.good} target={hour.target} most={fullest} /></td>
              <td className="right num scrap"><small className="narrow">{t("hours.scrap")} </small>{hour.good === undefined ? NONE : number(hour.scrap ?? 0, 0)}</td>
              <td className="gap"><Gap gap={hour.gap} most={widest} /></td>
              <td className="why"><Why hour={hour} when={when} words={words} onOpen={onOpen} /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Made({ good, target, most }: { good: number | undefined; target: number; most: number }) {
  const at = (n: number) => `${(100 * Math.max(0, n)) / most}%`;
  return (
    <div className="made">
      <b className="num">{number(good, 0)}</b>
      <span className="track" aria-hidden="true">{good === undefined ? null : <i style={{ width: at(good) }} />}{target > 0 ? <em style={{ left: at(target) }} /> : null}</span>
    </div>
  );
}

function Gap({ gap, most }: { gap: number | undefined; most: number }) {
  const wide = `${(50 * Math.abs(gap ?? 0)) / most}%`;
  return (
    <div className="gapped">
      <b className="num">{signed(gap, 0)}</b>
      <span className="track two" aria-hidden="true">
        {gap === undefined ? null : <i className={gap < 0 ? "less" : "more"} style={gap < 0 ? { right: "50%", width: wide } : { left: "50%", width: wide }} />}
      </span>
    </div>
  );
}

function Why({ hour, when, words, onOpen }: { hour: HourView; when: When; words: (code: string) => string; onOpen: (hour: HourView) => void }) {
  if (when === "coming") return <small>{hour.planned_s > 0 ? "" : t("hours.not_planned")}</small>;
  const lost = Object.entries(hour.lost_s ?? {}).filter(([category]) => !(hour.unexplained_s && category === "no_reason")).sort((one, other) => other[1] - one[1]).slice(0, 2);
  const reason = hour.reason ? words(hour.reason) : "";
  return (
    <div className="whys">
      <div>
      {hour.red ? <Tag kind="high">{t("hours.red")}</Tag> : null}
      {when === "open" ? <Tag>◔ {t("hours.open")}</Tag> : null}
      {reason ? <b>{reason}</b> : null}
      {lost.map(([category, s]) => <small key={category}>{word("category", category)} {minutes(s)}</small>)}
      {hour.unexplained_s ? <Tag kind="medium">{t("hours.unexplained", { span: minutes(hour.unexplained_s) })}</Tag> : null}
      {hour.comment ? <q>{hour.comment}</q> : null}
      </div>
      {hour.red && !reason && !hour.comment
        ? <button type="button" className="no-print" onClick={(event) => { event.stopPropagation(); onOpen(hour); }}>{t("hours.say_why")}</button> : null}
    </div>
  );
}
