// Trends of some tags over a view that moves: pieces from history, and what came since by watching.
import { useEffect, useMemo, useReducer, useRef } from "react";
import type { TrendView, ValuesView } from "../contract/views";
import { ask, withQuery } from "./ask";
import { asFault, type Fault } from "./fault";
import { pieceLong, piecesOf, traceOf, withLive, type Reach, type Trace } from "./tiles";
import { useWatched } from "./watched";

/** Most points of a piece: twice as many as a wide screen has columns, four rows a column pair. */
const POINTS = 3000;
/** Pieces that are kept; the ones used longest ago go first. */
const KEPT_MAX = 300;
/** Questions at once: more would only wait in the server. */
const AT_ONCE = 4;
/** A piece that reaches past now is asked again after this. */
const AGAIN_MS = 20_000;
/** Rows that came since the last piece was asked; more than this only while nothing is asked. */
const LIVE_MAX = 5000;

interface Piece {
  view?: TrendView;
  fault?: Fault;
  /** whether history may hold more of it later */
  open: boolean;
  asked_at: number;
}

interface Wanted {
  key: string;
  tag: string;
  from_ms: number;
  until_ms: number;
  /** whether it reaches into the view; the pieces beside it wait for those */
  seen: boolean;
}

const kept = new Map<string, Piece>();
const running = new Set<string>();
const listeners = new Set<() => void>();
let queue: readonly Wanted[] = [];
let plantNow_ms = 0;

const keyOf = (tag: string, long: number, from_ms: number): string => `${tag} ${long} ${from_ms}`;

function isDue(key: string): boolean {
  const piece = kept.get(key);
  return !running.has(key) && (!piece || ((piece.open || piece.fault) ? performance.now() - piece.asked_at > AGAIN_MS : false));
}

function keep(key: string, piece: Piece): void {
  kept.delete(key);
  kept.set(key, piece);
  for (const old of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(old);
  }
  for (const each of [...listeners]) each();
}

function pump(): void {
  const waits = queue.some((one) => one.seen && (running.has(one.key) || isDue(one.key)));
  for (const one of queue) {
    if (running.size >= AT_ONCE) return;
    if (!isDue(one.key) || (waits && !one.seen)) continue;
    running.add(one.key);
    const open = one.until_ms > plantNow_ms;
    const path = withQuery("/api/trend", { tag: one.tag, from_ms: one.from_ms, until_ms: one.until_ms, points: POINTS });
    ask<TrendView>(path)
      .then((view) => keep(one.key, { view, open, asked_at: performance.now() }))
      .catch((error: unknown) => keep(one.key, { view: kept.get(one.key)?.view, fault: asFault(error, path), open, asked_at: performance.now() }))
      .finally(() => {
        running.delete(one.key);
        pump();
      });
  }
}

const isSeen = (view: Reach, from_ms: number, long: number): boolean => from_ms < view.until_ms && from_ms + long > view.from_ms;

export interface Traces {
  byTag: Readonly<Record<string, Trace>>;
  busy: boolean;
  fault?: Fault;
}

/** What is drawn of some tags in a view; while a piece is missing what was there stays. */
export function useTraces(tags: readonly string[], view: Reach, now_ms: number): Traces {
  const [turn, again] = useReducer((n: number) => n + 1, 0);
  const before = useRef(new Map<string, { pieces: readonly TrendView[]; trace: Trace }>());
  const live = useLive(tags);
  const long = pieceLong(view.until_ms - view.from_ms);
  const starts = piecesOf(view, long, now_ms);
  const name = `${tags.join(",")} ${long} ${starts.join(",")}`;
  useEffect(() => {
    listeners.add(again);
    return () => {
      listeners.delete(again);
      queue = [];
    };
  }, []);
  useEffect(() => {
    plantNow_ms = now_ms;
    queue = starts.flatMap((from_ms) => tags.map((tag) => ({ key: keyOf(tag, long, from_ms), tag, from_ms, until_ms: from_ms + long, seen: isSeen(view, from_ms, long) })));
    pump();
    const timer = setInterval(pump, AGAIN_MS / 4);
    return () => clearInterval(timer);
  }, [name, turn]); // `name` says all that the list is made of
  return useMemo(() => {
    let busy = false;
    let fault: Fault | undefined;
    const byTag: Record<string, Trace> = {};
    for (const tag of tags) {
      const pieces: TrendView[] = [];
      for (const from_ms of [...starts].sort((a, b) => a - b)) {
        const piece = kept.get(keyOf(tag, long, from_ms));
        fault ??= piece?.fault;
        if (piece?.view) pieces.push(piece.view);
        else if (isSeen(view, from_ms, long) && !piece?.fault) busy = true;
      }
      const old = before.current.get(tag);
      const same = old && old.pieces.length === pieces.length && pieces.every((each, i) => each === old.pieces[i]);
      if (old && (same || busy)) byTag[tag] = old.trace;
      else {
        const trace = traceOf(pieces);
        before.current.set(tag, { pieces, trace });
        byTag[tag] = trace;
      }
      byTag[tag] = withLive(byTag[tag], live.get(tag) ?? []);
    }
    return { byTag, busy, fault };
  }, [name, turn, live]);
}

type Rows = (readonly [number, number | null])[];

/** Rows of the tags that came since they are watched; a new map for each change. */
function useLive(tags: readonly string[]): ReadonlyMap<string, Rows> {
  const values = useWatched<ValuesView>(tags.length ? `/api/values?tags=${tags.map(encodeURIComponent).join(",")}` : undefined).value;
  const rows = useRef<ReadonlyMap<string, Rows>>(new Map());
  return useMemo(() => {
    const next = new Map(rows.current);
    let changed = false;
    for (const [tag, now] of Object.entries(values?.values ?? {})) {
      const list = next.get(tag) ?? [];
      if ((list.at(-1)?.[0] ?? -Infinity) >= now.t_ms) continue;
      next.set(tag, [...list.slice(1 - LIVE_MAX), [now.t_ms, now.value ?? null]]);
      changed = true;
    }
    if (changed) rows.current = next;
    return rows.current;
  }, [values]);
}
