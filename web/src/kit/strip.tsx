// Swim lanes: the states of stations over time, drawn on canvas; patterns beside colours.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { span, t, time, word } from "../words";
import { lookOf, STATES, type Pattern } from "./states";

/** from, until, state, time category */
export type Stretch = readonly [number, number, string, string];

/** The stretch at a time; stretches are in order. */
export function stretchAt(stretches: readonly Stretch[], t_ms: number): Stretch | undefined {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.[1] ?? 0) <= t_ms) low = middle + 1;
    else high = middle;
  }
  const found = stretches[low];
  return found && found[0] <= t_ms ? found : undefined;
}

export function tile(pattern: Pattern, ink: string): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = made.height = 8;
  const pen = made.getContext("2d");
  if (!pen) return made;
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = 1.5;
  if (pattern === "dots") pen.fillRect(3, 3, 2, 2);
  else {
    pen.beginPath();
    pen.moveTo(-2, 10), pen.lineTo(10, -2), pen.moveTo(-2, 2), pen.lineTo(2, -2), pen.moveTo(6, 10), pen.lineTo(10, 6);
    if (pattern === "lattice") pen.moveTo(-2, -2), pen.lineTo(10, 10);
    pen.stroke();
  }
  return made;
}

function draw(canvas: HTMLCanvasElement, stretches: readonly Stretch[], from_ms: number, until_ms: number): void {
  const pen = canvas.getContext("2d");
  const wide = Math.round(canvas.clientWidth * devicePixelRatio);
  const high = Math.round(canvas.clientHeight * devicePixelRatio);
  if (!pen || !wide) return;
  canvas.width = wide;
  canvas.height = high;
  const style = getComputedStyle(canvas);
  const x = (t_ms: number) => (wide * (t_ms - from_ms)) / (until_ms - from_ms);
  for (const [from, until, state] of stretches) {
    if (until <= from_ms || from >= until_ms) continue;
    const look = lookOf(state);
    const left = Math.max(0, x(from));
    const width = Math.max(look.abnormal ? 1.5 : 0.5, Math.min(wide, x(until)) - left);
    pen.fillStyle = style.getPropertyValue(look.colour);
    pen.fillRect(left, 0, width, high);
    const over = look.pattern === "plain" ? null : pen.createPattern(tile(look.pattern, "rgb(20 20 20 / 45%)"), "repeat");
    if (over) {
      pen.fillStyle = over;
      pen.fillRect(left, 0, width, high);
    }
  }
}

/** One lane. A press or Enter opens the stretch; arrow keys go from stretch to stretch. */
function Lane(
  { name, stretches, from_ms, until_ms, onOpen, theme }:
  { name: string; stretches: readonly Stretch[]; from_ms: number; until_ms: number; onOpen?: (stretch: Stretch) => void; theme?: string },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<Stretch>();
  useEffect(() => {
    const one = canvas.current;
    if (!one) return;
    const again = () => draw(one, stretches, from_ms, until_ms);
    again();
    const watcher = new ResizeObserver(again);
    watcher.observe(one);
    return () => watcher.disconnect();
  }, [stretches, from_ms, until_ms, theme]);
  const said = at ? `${time(at[0])}–${time(at[1])} ${word("state", at[2])}, ${word("category", at[3])}, ${span((at[1] - at[0]) / 1000)}` : "";
  const pointed = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return stretchAt(stretches, from_ms + ((event.clientX - box.left) / box.width) * (until_ms - from_ms));
  };
  const keyed = (event: KeyboardEvent) => {
    const now = at ? stretches.indexOf(at) : -1;
    if (event.key === "ArrowRight") setAt(stretches[Math.min(stretches.length - 1, now + 1)]);
    else if (event.key === "ArrowLeft") setAt(stretches[Math.max(0, now - 1)]);
    else if (event.key === "Enter" && at) onOpen?.(at);
    else return;
    event.preventDefault();
  };
  return (
    <div className="lane">
      <span>{name}</span>
      <canvas ref={canvas} role="img" tabIndex={0} aria-label={`${name}: ${said || t("strip.label", { n: stretches.length })}`} title={said}
        onPointerMove={(event) => setAt(pointed(event))} onPointerLeave={() => setAt(undefined)} onKeyDown={keyed}
        onClick={() => at && onOpen?.(at)} />
    </div>
  );
}

/** Lanes over one axis of time. */
export function StateStrip(
  { lanes, from_ms, until_ms, onOpen, theme, legend = true }:
  {
    lanes: readonly { id: string; name: string; stretches: readonly Stretch[] }[]; from_ms: number; until_ms: number;
    onOpen?: (lane: string, stretch: Stretch) => void; theme?: string; legend?: boolean;
  },
) {
  const used = STATES.filter((state) => lanes.some((lane) => lane.stretches.some((each) => each[2] === state)));
  return (
    <div className="strip">
      {lanes.map((lane) => (
        <Lane key={lane.id} name={lane.name} stretches={lane.stretches} from_ms={from_ms} until_ms={until_ms} theme={theme}
          onOpen={onOpen ? (stretch) => onOpen(lane.id, stretch) : undefined} />
      ))}
      <div className="lane"><span /><TimeAxis from_ms={from_ms} until_ms={until_ms} /></div>
      {legend ? <Legend states={used} /> : null}
    </div>
  );
}

/** Steps of an axis of time that people read easily. */
const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440];
const TICKS_MAX = 9;

export function ticksOf(from_ms: number, until_ms: number, most = TICKS_MAX): number[] {
  const step_ms = 60_000 * (STEPS_MIN.find((each) => (until_ms - from_ms) / (each * 60_000) <= most) ?? 1440);
  const found: number[] = [];
  for (let at = Math.ceil(from_ms / step_ms) * step_ms; at < until_ms && found.length < 60; at += step_ms) found.push(at);
  return found;
}

/** Room that the words of a tick take, with some air, in px of a root of 16 px. */
const TICK_PX = 64;

export function TimeAxis({ from_ms, until_ms }: { from_ms: number; until_ms: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [most, setMost] = useState(TICKS_MAX);
  useEffect(() => {
    const one = box.current;
    if (!one) return undefined;
    const watcher = new ResizeObserver(() => {
      const tick = (TICK_PX * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;
      setMost(Math.max(2, Math.min(TICKS_MAX, Math.floor(one.clientWidth / tick))));
    });
    watcher.observe(one);
    return () => watcher.disconnect();
  }, []);
  const fits = (at: number) => (at - from_ms) / (until_ms - from_ms) < 1 - 0.3 / most;
  return (
    <div className="axis" aria-hidden="true" ref={box}>
      {ticksOf(from_ms, until_ms, most).filter(fits).map((at) => (
        <span key={at} style={{ left: `${(100 * (at - from_ms)) / (until_ms - from_ms)}%` }}>{time(at)}</span>
      ))}
    </div>
  );
}

const CSS: Record<Pattern, (colour: string) => string> = {
  plain: (colour) => colour,
  stripes: (colour) => `repeating-linear-gradient(135deg, rgb(20 20 20 / 45%) 0 1.5px, transparent 1.5px 6px), ${colour}`,
  dots: (colour) => `radial-gradient(rgb(20 20 20 / 50%) 1px, transparent 1.2px) 0 0 / 6px 6px, ${colour}`,
  lattice: (colour) => `repeating-linear-gradient(45deg, rgb(20 20 20 / 40%) 0 1px, transparent 1px 5px), repeating-linear-gradient(135deg, rgb(20 20 20 / 40%) 0 1px, transparent 1px 5px), ${colour}`,
};

export function Legend({ states }: { states: readonly string[] }) {
  return (
    <div className="legend">
      {states.map((state) => {
        const look = lookOf(state);
        return <span key={state}><i style={{ background: CSS[look.pattern](`var(${look.colour})`) }} />{word("state", state)}</span>;
      })}
    </div>
  );
}
