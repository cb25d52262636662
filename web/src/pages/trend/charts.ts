// Which tags stand in which chart, and how a view is written into the address bar.
import type { Reach } from "../../data";

/** Most lines of a chart, and most charts: more can no longer be told apart. */
export const LINES = 8;
export const CHARTS = 6;

export interface Shown {
  charts: readonly (readonly string[])[];
  /** length of the view where it follows the clock */
  live_ms?: number;
  /** where it stands still */
  reach?: Reach;
}

export const HOUR_MS = 3_600_000;
export const SPANS: readonly (readonly [number, "min" | "h" | "d", number])[] = [
  [15 * 60_000, "min", 15], [HOUR_MS, "h", 1], [8 * HOUR_MS, "h", 8], [24 * HOUR_MS, "h", 24], [7 * 24 * HOUR_MS, "d", 7],
];

/** The charts with one more tag: in the first chart whose axes have room for its unit. */
export function withTag(charts: readonly (readonly string[])[], tag: string, unitOf: (tag: string) => string): string[][] {
  const made = charts.map((tags) => [...tags]);
  if (made.some((tags) => tags.includes(tag))) return made;
  const room = made.find((tags) => {
    const units = new Set(tags.map(unitOf));
    const unit = unitOf(tag);
    return tags.length < LINES && (units.has(unit) || (units.size < 2 && unit !== "" && !units.has("")));
  });
  if (room) room.push(tag);
  else if (made.length < CHARTS) made.push([tag]);
  return made;
}

/** The charts without a tag; an empty one goes. */
export const withoutTag = (charts: readonly (readonly string[])[], tag: string): string[][] =>
  charts.map((tags) => tags.filter((each) => each !== tag)).filter((tags) => tags.length);

const TAG = /^[\w.~-]+(?:\/[\w.~-]+)+#[\w.~-]+$/;

/** What the address bar says; what makes no sense there is left out. */
export function shownOf(query: URLSearchParams): Shown {
  const charts = (query.get("tags") ?? "").split(";").map((tags) => [...new Set(tags.split(",").filter((tag) => TAG.test(tag)))].slice(0, LINES)).filter((tags) => tags.length).slice(0, CHARTS);
  const [from_ms, until_ms] = [Number(query.get("from") ?? NaN), Number(query.get("until") ?? NaN)];
  if (Number.isFinite(from_ms) && until_ms > from_ms) return { charts, reach: { from_ms, until_ms } };
  const live_ms = Number(query.get("last") ?? NaN);
  return { charts, live_ms: live_ms > 0 && Number.isFinite(live_ms) ? live_ms : HOUR_MS };
}

/** The query that brings this view back. */
export function queryOf(shown: Shown): Record<string, string> {
  const tags = shown.charts.map((each) => each.join(",")).join(";");
  if (shown.reach) return { tags, from: String(Math.round(shown.reach.from_ms)), until: String(Math.round(shown.reach.until_ms)) };
  return { tags, last: String(Math.round(shown.live_ms ?? HOUR_MS)) };
}
