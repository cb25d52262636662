// Pieces of a trend: the server thins each piece out, pieces beside the view are there before it moves.
import type { TrendView } from "../contract/views";

export interface Reach {
  from_ms: number;
  until_ms: number;
}

/** What is known of one tag over the pieces that are loaded. */
export interface Trace {
  unit: string;
  t_ms: number[];
  /** null: a gap begins */
  value: (number | null)[];
  bad: (readonly [number, number, string])[];
  gaps: (readonly [number, number, string])[];
  states: (readonly [number, number, string, string])[];
  /** raised, returned, name, priority */
  alarms: (readonly [number, number | null, string, string])[];
  /** rows that history has behind it */
  rows: number;
  thinned: boolean;
}

/** Shortest piece; each longer one is twice as long as the one before. */
export const SHORTEST_MS = 15_000;

/** Least and most of a view. */
export const VIEW_MS = [1000, 366 * 86_400_000] as const;

/** Length of the pieces for a view: the first that is at least as long, so that it needs two. */
export function pieceLong(view_ms: number): number {
  let long = SHORTEST_MS;
  while (long < view_ms && long < VIEW_MS[1]) long *= 2;
  return long;
}

/** Beginnings of the pieces that a view needs, then of those beside it; none lies ahead of now. */
export function piecesOf(view: Reach, long: number, now_ms: number): number[] {
  const first = Math.floor(view.from_ms / long) * long;
  const seen: number[] = [];
  for (let at = first; at < view.until_ms && seen.length < 4; at += long) seen.push(at);
  const beside = [(seen.at(-1) ?? first) + long, first - long];
  return [...seen, ...beside].filter((at) => at <= now_ms && at + long > 0);
}

/** Pieces in order as one trace; stretches that go on over a seam are one. */
export function traceOf(pieces: readonly TrendView[]): Trace {
  const made: Trace = { unit: "", t_ms: [], value: [], bad: [], gaps: [], states: [], alarms: [], rows: 0, thinned: false };
  const alarms = new Map<string, readonly [number, number | null, string, string]>();
  for (const piece of pieces) {
    made.unit ||= piece.unit ?? "";
    made.rows += piece.rows ?? 0;
    made.thinned ||= piece.decimated ?? false;
    (piece.t_ms ?? []).forEach((t_ms, i) => {
      if (t_ms < (made.t_ms.at(-1) ?? -Infinity)) return;
      made.t_ms.push(t_ms);
      made.value.push(piece.value?.[i] ?? null);
    });
    for (const each of piece.bad ?? []) put(made.bad, each);
    for (const each of piece.gaps ?? []) put(made.gaps, each);
    for (const each of piece.states ?? []) put(made.states, each);
    for (const each of piece.alarms ?? []) alarms.set(`${each[0]} ${each[2]}`, each);
  }
  made.alarms = [...alarms.values()];
  return made;
}

function put<T extends readonly [number, number, string, ...unknown[]]>(list: T[], next: T): void {
  const last = list.at(-1);
  if (last && last[1] >= next[0] && last[2] === next[2]) list[list.length - 1] = [last[0], Math.max(last[1], next[1]), ...last.slice(2)] as unknown as T;
  else list.push(next);
}

/** A trace with rows that came since; older ones than its last are known already. */
export function withLive(trace: Trace, rows: readonly (readonly [number, number | null])[]): Trace {
  const last = trace.t_ms.at(-1) ?? -Infinity;
  const fresh = rows.filter(([t_ms]) => t_ms > last);
  if (!fresh.length) return trace;
  return { ...trace, t_ms: [...trace.t_ms, ...fresh.map(([t_ms]) => t_ms)], value: [...trace.value, ...fresh.map(([, value]) => value)] };
}

/** The view after zooming by a factor about a time. */
export function zoomedView(view: Reach, factor: number, about_ms: number): Reach {
  const long = view.until_ms - view.from_ms;
  const next = Math.min(VIEW_MS[1], Math.max(VIEW_MS[0], long * factor));
  const part = (about_ms - view.from_ms) / (long || 1);
  return { from_ms: about_ms - part * next, until_ms: about_ms + (1 - part) * next };
}

/** The value that holds at a time: the last one before it; none in a gap. */
export function valueAt(trace: Trace, t_ms: number): number | null | undefined {
  let [low, high] = [0, trace.t_ms.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((trace.t_ms[middle] ?? 0) <= t_ms) low = middle + 1;
    else high = middle;
  }
  return low ? trace.value[low - 1] : undefined;
}
