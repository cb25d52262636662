// Trends: any tags over any time, live and history in one, with what the stations did and their alarms.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { go, href, tagAt, useFreshness, usePlant, usePlantNow, useRoute, useTraces, wholeTagWords, type Reach } from "../../data";
import { copy, Empty, FaultNote, Page, Segments, toast, useTheme } from "../../kit";
import { dayAndTime, number, t, timeToSecond } from "../../words";
import { OneChart } from "./chart";
import { CHARTS, HOUR_MS, LINES, queryOf, shownOf, SPANS, withoutTag, withTag, type Shown } from "./charts";
import { saveCsvUrl, savePicture } from "./exporting";
import { TagPicker } from "./picker";
import "./trend.css";

/** The address bar follows when the view has stood still for so long: browsers bound how often. */
const WRITE_MS = 400;
/** What a view that follows the clock shows ahead of it. */
const AHEAD = 0.02;

/** What is shown, and the address bar that says it. */
function useShown(): [Shown, (next: Shown) => void] {
  const { page, query } = useRoute();
  const [shown, setShown] = useState(() => shownOf(query));
  const written = useRef(query.toString());
  useEffect(() => {
    if (page === "trend" && query.toString() !== written.current) {
      written.current = query.toString();
      setShown(shownOf(query));
    }
  }, [page, query]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const to = href("trend", "", queryOf(shown));
      const said = new URLSearchParams(to.split("?")[1] ?? "").toString();
      if (said === written.current) return;
      written.current = said;
      go(to, true);
    }, WRITE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return [shown, setShown];
}

export default function Trend(_: { address: string }) {
  const plant = usePlant().value;
  const [shown, setShown] = useShown();
  const freshness = useFreshness();
  const now_ms = usePlantNow(shown.live_ms ? 500 : 2000) ?? 0;
  const theme = useTheme();
  const [picking, setPicking] = useState(false);
  const [overlays, setOverlays] = useState(true);
  const [cursor_ms, setCursor] = useState<number>();
  const canvases = useRef(new Map<number, HTMLCanvasElement>());
  const tags = useMemo(() => shown.charts.flat(), [shown.charts]);
  const view: Reach = shown.reach ?? { from_ms: now_ms - (shown.live_ms ?? HOUR_MS), until_ms: now_ms + AHEAD * (shown.live_ms ?? HOUR_MS) };
  const traces = useTraces(now_ms ? tags : NONE, view, now_ms);
  const unitOf = useCallback((tag: string) => tagAt(plant, tag)?.view.unit ?? "", [plant]);
  const latest = useRef(shown);
  latest.current = shown;
  const onWindow = useCallback((from_ms: number, until_ms: number) => setShown({ charts: latest.current.charts, reach: { from_ms, until_ms } }), [setShown]);
  const onRemove = useCallback((tag: string) => setShown({ ...latest.current, charts: withoutTag(latest.current.charts, tag) }), [setShown]);
  const toggle = (tag: string) => {
    if (tags.includes(tag)) return onRemove(tag);
    const charts = withTag(shown.charts, tag, unitOf);
    if (!charts.flat().includes(tag)) return toast(t("trend.full", { n: CHARTS * LINES }), { bad: true });
    setShown({ ...shown, charts });
  };
  const roomRight = shown.charts.some((each) => new Set(each.map(unitOf)).size > 1);
  const long = view.until_ms - view.from_ms;
  const step = (by: number) => onWindow(view.from_ms + by * long, view.until_ms + by * long);
  const span = SPANS.find(([ms]) => ms === shown.live_ms || (shown.reach && Math.abs(ms - long) < 1000))?.[0];
  const words = (tag: string) => wholeTagWords(plant, tag);
  const under = `${dayAndTime(view.from_ms)} – ${dayAndTime(view.until_ms)}${cursor_ms === undefined ? "" : ` · ${t("trend.at", { time: timeToSecond(cursor_ms) })}`}`;
  return (
    <Page title={t("nav.trend")} under={tags.length ? <span className="num">{under}</span> : undefined} greyed={freshness === "lost"}
      aside={<button type="button" className="main" onClick={() => setPicking(true)}>{t("trend.add")}</button>}>
      {tags.length ? (
        <div className="row no-print trend-bar">
          <Segments label={t("trend.span")} value={String(span ?? "")} onChoose={(ms) => setShown(shown.live_ms ? { charts: shown.charts, live_ms: Number(ms) } : { charts: shown.charts, reach: { from_ms: view.until_ms - Number(ms), until_ms: view.until_ms } })}
            choices={SPANS.map(([ms, name, n]) => [String(ms), t(`trend.span.${name}`, { n })])} />
          <div className="segments">
            <button type="button" onClick={() => step(-0.5)} aria-label={t("window.before")}>‹</button>
            <button type="button" onClick={() => step(0.5)} disabled={view.until_ms > now_ms} aria-label={t("window.after")}>›</button>
            <button type="button" onClick={() => onWindow(view.from_ms - long / 2, view.until_ms + long / 2)} aria-label={t("lanes.out")}>−</button>
            <button type="button" onClick={() => onWindow(view.from_ms + long / 4, view.until_ms - long / 4)} aria-label={t("lanes.in")}>+</button>
          </div>
          <button type="button" aria-pressed={Boolean(shown.live_ms)} className="trend-live" onClick={() => setShown(shown.live_ms ? { charts: shown.charts, reach: view } : { charts: shown.charts, live_ms: long })}>
            <i aria-hidden="true" />{t(shown.live_ms ? "trend.live" : "trend.to_live")}
          </button>
          <label className="row trend-check"><input type="checkbox" checked={overlays} onChange={(event) => setOverlays(event.target.checked)} />{t("trend.overlays")}</label>
          <div className="row push">
            <a className="button" download href={saveCsvUrl(tags, view)}>CSV</a>
            <button type="button" onClick={() => void savePicture(shown.charts, [...canvases.current].sort(([a], [b]) => a - b).map(([, canvas]) => canvas), under, words)}>PNG</button>
            <button type="button" onClick={() => void copy(location.origin + href("trend", "", queryOf({ charts: shown.charts, reach: view }))).then((done) => toast(t(done ? "trend.linked" : "copy.failed", { of: t("trend.link") }), { bad: !done }))}>{t("trend.link")}</button>
          </div>
        </div>
      ) : <Empty hint={t("trend.nothing.hint")}>{t("trend.nothing")}</Empty>}
      {traces.fault ? <FaultNote fault={traces.fault} /> : null}
      {shown.charts.map((each, at) => (
        <OneChart key={at} plant={plant} tags={each} traces={traces.byTag} from_ms={view.from_ms} until_ms={view.until_ms} now_ms={now_ms || undefined} cursor_ms={cursor_ms} theme={theme} roomRight={roomRight} height={Math.round(Math.min(HEIGHTS[shown.charts.length] ?? LOWEST, Math.max(LOWEST, innerHeight * SHARE)))} overlays={overlays}
          onWindow={onWindow} onCursor={setCursor} onRemove={onRemove}
          onCanvas={(canvas) => void (canvas ? canvases.current.set(at, canvas) : canvases.current.delete(at))} />
      ))}
      {tags.length ? <Below traces={traces} tags={tags} /> : null}
      {picking ? <TagPicker plant={plant} chosen={tags} onToggle={toggle} onClose={() => setPicking(false)} /> : null}
    </Page>
  );
}

/** A chart takes no more than this of the screen, and is never lower. */
const SHARE = 0.4;
const LOWEST = 210;
/** Height of a chart by how many there are. */
const HEIGHTS: Readonly<Record<number, number>> = { 1: 480, 2: 300, 3: 230 };

const NONE: readonly string[] = [];

/** What the signs mean, and how much of history stands behind the lines. */
function Below({ traces, tags }: { traces: ReturnType<typeof useTraces>; tags: readonly string[] }) {
  const rows = tags.reduce((sum, tag) => sum + (traces.byTag[tag]?.rows ?? 0), 0);
  const thinned = tags.some((tag) => traces.byTag[tag]?.thinned);
  return (
    <div className="legend">
      <span><i className="trend-bad" />{t("trend.bad")}</span>
      <span><i className="trend-gap" />{t("trend.gap")}</span>
      <span className="num">{t(thinned ? "trend.rows_thinned" : "trend.rows", { n: number(rows, 0) })}</span>
      <span role="status">{traces.busy ? t("busy") : ""}</span>
      <span className="no-print">{t("trend.keys")}</span>
    </div>
  );
}

