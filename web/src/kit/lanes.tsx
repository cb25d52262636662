// Swim lanes of a whole line on one canvas: zoom, pan, and every stretch reached by keyboard.
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { span, t, timeToSecond, word } from "../words";
import { lookOf, STATES } from "./states";
import { Legend, stretchAt, tile, TimeAxis, type Stretch } from "./strip";

export interface LaneOf {
  id: string;
  name: string;
  stretches: readonly Stretch[];
  /** from, until: waits for a reason */
  waiting?: readonly (readonly [number, number])[];
}

export interface Span { from_ms: number; until_ms: number }

/** Nothing is drawn closer than this. */
const CLOSEST_MS = 60_000;
const STEP = 1.6; // of one zoom
const LANE = 40;
const GAP = 6;

/** The part of `whole` that is seen after zooming by a factor about a time; never outside of it. */
export function zoomed(seen: Span, whole: Span, factor: number, about_ms: number): Span {
  const all = whole.until_ms - whole.from_ms;
  const long = Math.min(all, Math.max(Math.min(CLOSEST_MS, all), (seen.until_ms - seen.from_ms) * factor));
  const part = (about_ms - seen.from_ms) / (seen.until_ms - seen.from_ms || 1);
  return moved({ from_ms: about_ms - part * long, until_ms: about_ms + (1 - part) * long }, whole, 0);
}

/** What is seen after moving by so many ms; it stops at the ends. */
export function moved(seen: Span, whole: Span, by_ms: number): Span {
  const long = seen.until_ms - seen.from_ms;
  const from_ms = Math.max(whole.from_ms, Math.min(whole.until_ms - long, seen.from_ms + by_ms));
  return { from_ms, until_ms: from_ms + long };
}

/** Whether somebody should look at a stretch. */
const stands = (stretch: Stretch): boolean => lookOf(stretch[2]).abnormal || stretch[2] === "set_up" || stretch[2] === "planned_stop";

function paint(canvas: HTMLCanvasElement, lanes: readonly LaneOf[], seen: Span, only: string, at: Place | undefined): void {
  const pen = canvas.getContext("2d");
  const scale = devicePixelRatio;
  const [wide, high] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (!pen || !wide) return;
  canvas.width = wide;
  canvas.height = high;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  const x = (t_ms: number) => (wide * (t_ms - seen.from_ms)) / (seen.until_ms - seen.from_ms);
  const patterns = new Map(["stripes", "dots", "lattice"].map((name) => [name, pen.createPattern(tile(name as "dots", "rgb(20 20 20 / 45%)"), "repeat")]));
  lanes.forEach((lane, row) => {
    const top = row * (LANE + GAP) * scale;
    const tall = LANE * scale;
    pen.globalAlpha = 1;
    pen.fillStyle = colour("--track");
    pen.fillRect(0, top, wide, tall);
    const inside = lane.stretches.filter((each) => each[1] > seen.from_ms && each[0] < seen.until_ms);
    for (const [from, until, state, category] of [...inside.filter((each) => !stands(each)), ...inside.filter(stands)]) {
      const look = lookOf(state);
      const left = Math.max(0, x(from));
      const width = Math.max(look.abnormal ? 2 * scale : 0.5, Math.min(wide, x(until)) - left);
      pen.globalAlpha = only && category !== only ? 0.22 : 1;
      pen.fillStyle = colour(look.colour);
      pen.fillRect(left, top, width, tall);
      const over = patterns.get(look.pattern);
      if (over && width > 3) {
        pen.fillStyle = over;
        pen.fillRect(left, top, width, tall);
      }
    }
    pen.globalAlpha = 1;
    for (const [from, until] of lane.waiting ?? []) {
      if (until <= seen.from_ms || from >= seen.until_ms) continue;
      const [left, right] = [Math.max(0, x(from)), Math.min(wide, x(until))];
      pen.fillStyle = colour("--panel");
      pen.fillRect(left, top + tall - 9 * scale, Math.max(4 * scale, right - left), 9 * scale);
      pen.fillStyle = colour("--high");
      pen.fillRect(left, top + tall - 7 * scale, Math.max(4 * scale, right - left), 7 * scale);
      if (right - left > 16 * scale) {
        pen.font = `700 ${20 * scale}px system-ui, sans-serif`;
        pen.fillStyle = colour("--panel");
        pen.strokeStyle = colour("--ink");
        pen.lineWidth = 3 * scale;
        pen.strokeText("?", (left + right) / 2 - 5 * scale, top + 24 * scale);
        pen.fillText("?", (left + right) / 2 - 5 * scale, top + 24 * scale);
      }
    }
    if (at && at.lane === row) {
      pen.strokeStyle = colour("--ink");
      pen.lineWidth = 3 * scale;
      const left = Math.max(1.5 * scale, x(at.stretch[0]));
      pen.strokeRect(left, top + 1.5 * scale, Math.max(5 * scale, Math.min(wide - 1.5 * scale, x(at.stretch[1])) - left), tall - 3 * scale);
    }
  });
}

interface Place { lane: number; stretch: Stretch }

/** Another stretch by keyboard: beside it, the next that stands out, or the same time in another lane. */
export function stepped(lanes: readonly LaneOf[], at: Place | undefined, key: string, far: boolean): Place | undefined {
  const row = at?.lane ?? 0;
  const lane = lanes[row]?.stretches ?? [];
  if (key === "ArrowUp" || key === "ArrowDown") {
    const next = Math.max(0, Math.min(lanes.length - 1, row + (key === "ArrowDown" ? 1 : -1)));
    const list = lanes[next]?.stretches ?? [];
    const found = (at && stretchAt(list, at.stretch[0])) ?? list[0];
    return found ? { lane: next, stretch: found } : at;
  }
  const by = key === "ArrowRight" ? 1 : -1;
  let n = at ? lane.findIndex((each) => each[0] === at.stretch[0]) : by > 0 ? -1 : lane.length;
  do n += by;
  while (far && lane[n] && !stands(lane[n] as Stretch));
  const found = lane[n];
  return found ? { lane: row, stretch: found } : at;
}

/** What is seen when a place is chosen: moved just so far that it is inside. */
function towards(seen: Span, whole: Span, stretch: Stretch): Span {
  if (stretch[0] >= seen.from_ms && stretch[1] <= seen.until_ms) return seen;
  const long = seen.until_ms - seen.from_ms;
  return moved(seen, whole, (stretch[0] + stretch[1]) / 2 - (seen.from_ms + long / 2));
}

export function Lanes(
  { lanes, from_ms, until_ms, label, theme, only = "", onOpen }:
  {
    lanes: readonly LaneOf[]; from_ms: number; until_ms: number; label: string; theme?: string;
    /** time category that is to stand out */
    only?: string;
    onOpen?: (lane: string, stretch: Stretch) => void;
  },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const whole = { from_ms, until_ms };
  const [part, setPart] = useState<Span>();
  const [at, setAt] = useState<Place>();
  const seen = part && part.until_ms > from_ms && part.from_ms < until_ms ? part : whole;
  const is = useRef({ seen, whole });
  is.current = { seen, whole };
  const see = useCallback((next: Span) => {
    const all = is.current.whole;
    is.current.seen = next; // two steps may come before it is drawn
    setPart(next.until_ms - next.from_ms >= all.until_ms - all.from_ms ? undefined : next);
  }, []);
  const zoom = useCallback((factor: number, about_ms?: number) => {
    const now = is.current;
    see(zoomed(now.seen, now.whole, factor, about_ms ?? (now.seen.from_ms + now.seen.until_ms) / 2));
  }, [see]);
  const { from_ms: left, until_ms: right } = seen;
  useEffect(() => {
    const one = canvas.current;
    if (!one) return;
    const again = () => paint(one, lanes, { from_ms: left, until_ms: right }, only, at);
    again();
    const watcher = new ResizeObserver(again);
    watcher.observe(one);
    return () => watcher.disconnect();
  }, [lanes, left, right, only, at, theme]);
  useEffect(() => {
    const one = canvas.current;
    if (!one) return;
    const turned = (event: WheelEvent) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !sideways) return; // the page scrolls
      event.preventDefault();
      const { seen: now, whole: all } = is.current;
      const ms = (now.until_ms - now.from_ms) / one.clientWidth;
      if (event.ctrlKey || event.metaKey) zoom(event.deltaY > 0 ? 1.25 : 0.8, now.from_ms + event.offsetX * ms);
      else see(moved(now, all, (sideways ? event.deltaX : event.deltaY) * ms));
    };
    one.addEventListener("wheel", turned, { passive: false });
    return () => one.removeEventListener("wheel", turned);
  }, [see, zoom]);
  const fingers = useFingers(canvas, is, see, zoom);
  const placeOf = (event: { clientX: number; clientY: number }): Place | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return undefined;
    const row = Math.floor((event.clientY - box.top) / (LANE + GAP));
    const stretch = stretchAt(lanes[row]?.stretches ?? [], seen.from_ms + ((event.clientX - box.left) / box.width) * (seen.until_ms - seen.from_ms));
    return stretch ? { lane: row, stretch } : undefined;
  };
  const open = (place: Place | undefined) => {
    const lane = place && lanes[place.lane];
    if (place && lane) onOpen?.(lane.id, place.stretch);
  };
  const keyed = (event: KeyboardEvent) => {
    const long = seen.until_ms - seen.from_ms;
    const about = at ? (at.stretch[0] + at.stretch[1]) / 2 : undefined;
    if (event.key === "+" || event.key === "=") zoom(1 / STEP, about);
    else if (event.key === "-") zoom(STEP, about);
    else if (event.key === "0" || event.key === "Home") setPart(undefined);
    else if (event.key === "Escape" && at) setAt(undefined);
    else if (event.key === "Enter" && at) open(at);
    else if (event.shiftKey && event.key === "ArrowRight") see(moved(seen, whole, long / 4));
    else if (event.shiftKey && event.key === "ArrowLeft") see(moved(seen, whole, -long / 4));
    else if (event.key.startsWith("Arrow")) {
      const next = stepped(lanes, at, event.key, event.ctrlKey || event.metaKey);
      setAt(next);
      if (next && part) see(towards(seen, whole, next.stretch));
    } else return;
    event.preventDefault();
  };
  const said = at ? `${lanes[at.lane]?.name ?? ""} · ${timeToSecond(at.stretch[0])}–${timeToSecond(at.stretch[1])} · ${word("state", at.stretch[2])} · ${word("category", at.stretch[3])} · ${span((at.stretch[1] - at.stretch[0]) / 1000)}` : "";
  const used = STATES.filter((state) => lanes.some((lane) => lane.stretches.some((each) => each[2] === state)));
  return (
    <div className="lanes">
      <div className="row no-print">
        <div className="segments" role="group" aria-label={t("lanes.zoom")}>
          <button type="button" onClick={() => zoom(STEP)} disabled={!part} aria-label={t("lanes.out")}>−</button>
          <button type="button" onClick={() => zoom(1 / STEP)} aria-label={t("lanes.in")}>+</button>
          <button type="button" onClick={() => setPart(undefined)} disabled={!part}>{t("lanes.whole")}</button>
        </div>
        <div className="segments" role="group" aria-label={t("lanes.move")}>
          <button type="button" disabled={!part} onClick={() => see(moved(seen, whole, -(seen.until_ms - seen.from_ms) / 2))} aria-label={t("window.before")}>‹</button>
          <button type="button" disabled={!part} onClick={() => see(moved(seen, whole, (seen.until_ms - seen.from_ms) / 2))} aria-label={t("window.after")}>›</button>
        </div>
        <p className="num said" aria-live="polite">{said || <small>{t("lanes.hint")}</small>}</p>
      </div>
      <div className="field">
        <ul className="names">{lanes.map((lane) => <li key={lane.id} title={lane.name}>{lane.name}</li>)}</ul>
        <div>
          <canvas ref={canvas} role="application" tabIndex={0} aria-label={`${label}. ${t("lanes.keys")}`} style={{ height: lanes.length * (LANE + GAP) }}
            onKeyDown={keyed} onPointerDown={fingers.down} onPointerUp={(event) => fingers.up(event) && open(placeOf(event))} onPointerCancel={fingers.up}
            onPointerMove={(event) => { if (!fingers.move(event) && event.pointerType === "mouse") setAt(placeOf(event)); }}
            onDoubleClick={(event) => zoom(1 / (STEP * STEP), seen.from_ms + (event.nativeEvent.offsetX / event.currentTarget.clientWidth) * (seen.until_ms - seen.from_ms))} />
          <TimeAxis from_ms={seen.from_ms} until_ms={seen.until_ms} />
        </div>
      </div>
      <Legend states={used} />
    </div>
  );
}

/** A press that moves farther than this is a drag. */
const DRAG_PX = 5;

/** Drag with one finger or the mouse, pinch with two. `up` says whether it was a press. */
function useFingers(
  canvas: { readonly current: HTMLCanvasElement | null }, is: { readonly current: { seen: Span; whole: Span } },
  see: (next: Span) => void, zoom: (factor: number, about_ms?: number) => void,
) {
  const held = useRef(new Map<number, number>());
  const far = useRef(0);
  const ms = () => (is.current.seen.until_ms - is.current.seen.from_ms) / (canvas.current?.clientWidth || 1);
  return {
    down(event: PointerEvent<HTMLCanvasElement>) {
      held.current.set(event.pointerId, event.clientX);
      if (held.current.size === 1) far.current = 0;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    move(event: PointerEvent<HTMLCanvasElement>): boolean {
      const before = held.current.get(event.pointerId);
      if (before === undefined) return false;
      const by = event.clientX - before;
      far.current += Math.abs(by);
      held.current.set(event.pointerId, event.clientX);
      const [other] = [...held.current].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      if (other !== undefined) {
        const [was, now] = [Math.abs(before - other), Math.abs(event.clientX - other)];
        const left = canvas.current?.getBoundingClientRect().left ?? 0;
        if (was > 8 && now > 8) zoom(was / now, is.current.seen.from_ms + ((event.clientX + other) / 2 - left) * ms());
      } else if (far.current > DRAG_PX) see(moved(is.current.seen, is.current.whole, -by * ms()));
      return true;
    },
    up(event: PointerEvent<HTMLCanvasElement>): boolean {
      const was = held.current.delete(event.pointerId);
      return event.type === "pointerup" && was && !held.current.size && far.current <= DRAG_PX;
    },
  };
}
