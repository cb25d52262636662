// Trends: the only file that knows the chart library.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { figure, time, timeToSecond, day, unit as unitWords } from "../words";
import { DASHES, INKS, LINES_MAX } from "./inks";
import { lookOf } from "./states";
import { tile } from "./strip";

export interface TrendLine {
  label: string;
  unit?: string;
  t_ms: readonly number[];
  /** null: a gap begins */
  value: readonly (number | null)[];
  /** holds its value until the next one, as a state or a switch does */
  steps?: boolean;
  limits?: readonly { value: number; label: string }[];
}

/** A strip above the plot: states of a station, or times of alarms. */
export interface TrendStrip {
  name: string;
  states?: readonly (readonly [number, number, string, string])[];
  /** raised, returned, name, priority */
  alarms?: readonly (readonly [number, number | null, string, string])[];
}

export interface TrendProps {
  lines: readonly TrendLine[];
  from_ms: number;
  until_ms: number;
  height?: number;
  /** charts with the same word share their cursor */
  cursor?: string;
  /** stretches whose data are bad: hatched */
  bad?: readonly (readonly [number, number, string])[];
  /** stretches of which nothing is known: shaded */
  gaps?: readonly (readonly [number, number, string])[];
  strips?: readonly TrendStrip[];
  now_ms?: number;
  /** room for a second axis also where there is none, so that charts below each other fit */
  roomRight?: boolean;
  theme?: string;
  /** asked when a person drags, pinches, turns the wheel or uses the keys */
  onWindow?: (from_ms: number, until_ms: number) => void;
  /** where the cursor is; undefined: it has left */
  onCursor?: (t_ms: number | undefined) => void;
  /** given the canvas once it is drawn, for pictures */
  onCanvas?: (canvas: HTMLCanvasElement | undefined) => void;
}

const STRIP_PX = 15;
/** half the height of the number beside the top of the plot, and air above it */
const TICK_PX = 14;
const AXIS_PX = 58;
const LABEL_PX = 16;
const WHEEL = 1.25;
const HIGH = 260;

/** Lines of different times on one axis: times of all, undefined where a line has no row. */
export function joined(lines: readonly TrendLine[]): [number[], (number | null | undefined)[][]] {
  if (lines.length === 1 && lines[0]) return [[...lines[0].t_ms], [[...lines[0].value]]];
  const times: number[] = [];
  const columns: (number | null | undefined)[][] = lines.map(() => []);
  const at = lines.map(() => 0);
  for (;;) {
    let next = Infinity;
    lines.forEach((line, i) => (next = Math.min(next, line.t_ms[at[i] ?? 0] ?? Infinity)));
    if (next === Infinity) return [times, columns];
    times.push(next);
    lines.forEach((line, i) => {
      const n = at[i] ?? 0;
      if (line.t_ms[n] !== next) return void columns[i]?.push(undefined);
      columns[i]?.push(line.value[n] ?? null);
      at[i] = n + 1;
    });
  }
}

/** Units of the lines in order; the third and further ones stand on the second axis. */
export const unitsOf = (lines: readonly TrendLine[]): string[] => [...new Set(lines.map((line) => line.unit ?? ""))].slice(0, 2);

type Ink = (name: string) => string;

function stretch(plot: uPlot, from_ms: number, until_ms: number): [number, number] {
  const { left, width } = plot.bbox;
  const x = (t_ms: number) => Math.max(left, Math.min(left + width, plot.valToPos(t_ms, "x", true)));
  return [x(from_ms), x(until_ms) - x(from_ms)];
}

function shade(plot: uPlot, props: TrendProps, ink: Ink): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = ink("--band");
  for (const [from, until] of props.gaps ?? []) {
    const [x, wide] = stretch(plot, from, until);
    if (wide) ctx.fillRect(x, bbox.top, wide, bbox.height);
  }
  ctx.strokeStyle = ink("--low");
  ctx.lineWidth = devicePixelRatio;
  for (const [from, until] of props.bad ?? []) {
    const [x, wide] = stretch(plot, from, until);
    if (!wide) continue;
    ctx.save();
    ctx.beginPath(), ctx.rect(x, bbox.top, Math.max(2, wide), bbox.height), ctx.clip();
    ctx.beginPath();
    for (let at = x - bbox.height; at < x + wide; at += 9 * devicePixelRatio) ctx.moveTo(at, bbox.top + bbox.height), ctx.lineTo(at + bbox.height, bbox.top);
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}

function strips(plot: uPlot, props: TrendProps, ink: Ink): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * scale}px system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  (props.strips ?? []).forEach((strip, row) => {
    const top = (2 + row * STRIP_PX) * scale;
    const high = (STRIP_PX - 3) * scale;
    ctx.fillStyle = ink("--track");
    ctx.fillRect(bbox.left, top, bbox.width, high);
    ctx.fillStyle = ink("--quiet");
    ctx.textAlign = "right";
    ctx.fillText(strip.name, bbox.left - 6 * scale, top + high / 2, bbox.left - 8 * scale);
    ctx.textAlign = "left";
    for (const [from, until, state] of strip.states ?? []) {
      const [x, wide] = stretch(plot, from, until);
      if (!wide) continue;
      const look = lookOf(state);
      ctx.fillStyle = ink(look.colour);
      ctx.fillRect(x, top, Math.max(wide, look.abnormal ? 1.5 * scale : 0), high);
      const over = look.pattern === "plain" || wide < 4 ? null : ctx.createPattern(tile(look.pattern, "rgb(20 20 20 / 45%)"), "repeat");
      if (over) ctx.fillStyle = over, ctx.fillRect(x, top, wide, high);
    }
    for (const [raised, returned, name, priority] of strip.alarms ?? []) {
      const [x, wide] = stretch(plot, raised, returned ?? props.now_ms ?? raised);
      if (!wide && (raised < props.from_ms || raised > props.until_ms)) continue;
      ctx.fillStyle = ink(`--${priority}`);
      ctx.fillRect(x, top, Math.max(3 * scale, wide), high);
      if (wide > 60 * scale) ctx.fillStyle = ink("--panel"), ctx.fillText(`▲ ${name.replaceAll("_", " ")}`, x + 3 * scale, top + high / 2, wide - 6 * scale);
    }
  });
  ctx.restore();
}

function mark(plot: uPlot, props: TrendProps, ink: Ink): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath(), ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height), ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([6, 4]);
  for (const line of props.lines) for (const limit of line.limits ?? []) {
    const y = plot.valToPos(limit.value, scaleOf(props.lines, line), true);
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue;
    ctx.strokeStyle = ctx.fillStyle = ink("--medium");
    ctx.beginPath(), ctx.moveTo(bbox.left, y), ctx.lineTo(bbox.left + bbox.width, y), ctx.stroke();
    ctx.fillText(limit.label, bbox.left + 4, y - 3 * devicePixelRatio);
  }
  ctx.setLineDash([]);
  if (props.now_ms !== undefined && props.now_ms < props.until_ms) {
    const x = plot.valToPos(props.now_ms, "x", true);
    ctx.strokeStyle = ink("--quiet");
    ctx.beginPath(), ctx.moveTo(x, bbox.top), ctx.lineTo(x, bbox.top + bbox.height), ctx.stroke();
  }
  ctx.restore();
  strips(plot, props, ink);
}

const scaleOf = (lines: readonly TrendLine[], line: TrendLine): string => (unitsOf(lines).indexOf(line.unit ?? "") === 0 ? "y" : "y2");

const DAY_MS = 86_400_000;

/** Steps of the axis of time that people read easily, down to a second. */
const STEPS = [1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS];

const timeWords = (t_ms: number, step: number): string => (step < 60_000 ? timeToSecond(t_ms) : step < DAY_MS ? time(t_ms) : day(t_ms));

function optionsOf(wide: number, ink: Ink, now: { props: TrendProps }): uPlot.Options {
  const { props } = now;
  const units = unitsOf(props.lines);
  const font = "12px system-ui, sans-serif";
  const axis = { stroke: ink("--quiet"), grid: { stroke: ink("--edge"), width: 1 }, ticks: { stroke: ink("--edge"), size: 4 }, font };
  const range: uPlot.Scale.Range = (_plot, low, high) => (low === null || high === null ? [0, 1] : uPlot.rangeNum(low, high === low ? low + 1e-9 : high, 0.1, true));
  const ofUnit = (unit: string, side: 1 | 3): uPlot.Axis => ({
    ...axis, scale: side === 3 ? "y" : "y2", side, size: AXIS_PX, label: unitWords(unit) || undefined, labelSize: LABEL_PX, labelFont: font,
    grid: side === 3 ? axis.grid : { show: false }, values: (_plot, splits) => splits.map((each) => figure(each)),
  });
  return {
    width: wide,
    height: props.height ?? HIGH,
    ms: 1,
    legend: { show: false },
    padding: [props.strips?.length ? props.strips.length * STRIP_PX + TICK_PX : 8, units.length > 1 ? 0 : props.roomRight ? AXIS_PX + LABEL_PX : 12, 0, 0],
    cursor: { ...(props.cursor ? { sync: { key: props.cursor, setSeries: false, scales: ["x", null] } } : {}), drag: { x: false, y: false, setScale: false }, points: { size: 7 } },
    scales: { x: { time: true, range: () => [now.props.from_ms, now.props.until_ms] }, y: { range }, ...(units.length > 1 ? { y2: { range } } : {}) },
    axes: [
      { ...axis, incrs: STEPS, space: 74, size: 30, values: (_plot, splits, _at, _space, step) => splits.map((each) => timeWords(each, step)) },
      ofUnit(units[0] ?? "", 3),
      ...(units.length > 1 ? [ofUnit(units[1] ?? "", 1)] : []),
    ],
    series: [
      {},
      ...props.lines.slice(0, LINES_MAX).map((line, at) => ({
        label: line.label, scale: scaleOf(props.lines, line), stroke: ink(INKS[at] ?? "--line"), dash: [...(DASHES[at] ?? [])], width: 1.6, spanGaps: false,
        points: { show: false }, paths: line.steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined,
      })),
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, now.props, ink)],
      draw: [(plot) => mark(plot, now.props, ink)],
      setCursor: [(plot) => now.props.onCursor?.((plot.cursor.left ?? -1) < 0 ? undefined : plot.posToVal(plot.cursor.left ?? 0, "x"))],
    },
  };
}

/** A press that moves farther is a drag. */
const DRAG_PX = 3;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.2, 1], ArrowRight: [0.2, 1], PageUp: [-1, 1], PageDown: [1, 1], "+": [0, 1 / 1.6], "=": [0, 1 / 1.6], "-": [0, 1.6],
};

/** Wheel, drag, pinch and keys move the window. */
function moving(plot: uPlot, now: { props: TrendProps }): () => void {
  const over = plot.over;
  const held = new Map<number, number>();
  let far = 0;
  const ms = () => (now.props.until_ms - now.props.from_ms) / (over.clientWidth || 1);
  const to = (from_ms: number, long_ms: number) => now.props.onWindow?.(from_ms, from_ms + long_ms);
  const zoom = (factor: number, part: number) => {
    const { from_ms, until_ms } = now.props;
    const long = until_ms - from_ms;
    to(from_ms + part * long * (1 - factor), long * factor);
  };
  const pan = (by_ms: number) => to(now.props.from_ms + by_ms, now.props.until_ms - now.props.from_ms);
  const wheel = (event: WheelEvent) => {
    if (!now.props.onWindow) return;
    event.preventDefault();
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.shiftKey || sideways) pan((sideways ? event.deltaX : event.deltaY) * ms());
    else zoom(event.deltaY > 0 ? WHEEL : 1 / WHEEL, event.offsetX / (over.clientWidth || 1));
  };
  const down = (event: PointerEvent) => {
    if (event.button) return;
    held.set(event.pointerId, event.clientX);
    if (held.size === 1) far = 0;
    over.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const before = held.get(event.pointerId);
    if (before === undefined || !now.props.onWindow) return;
    const by = event.clientX - before;
    far += Math.abs(by);
    held.set(event.pointerId, event.clientX);
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const [was, is] = [Math.abs(before - other), Math.abs(event.clientX - other)];
      const middle = ((event.clientX + other) / 2 - over.getBoundingClientRect().left) / (over.clientWidth || 1);
      if (was > 8 && is > 8) zoom(was / is, middle);
    } else if (far > DRAG_PX) pan(-by * ms());
  };
  const up = (event: PointerEvent) => void held.delete(event.pointerId);
  const twice = (event: MouseEvent) => zoom(0.5, event.offsetX / (over.clientWidth || 1));
  const leave = () => now.props.onCursor?.(undefined);
  const all = { wheel, pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, dblclick: twice, mouseleave: leave } as Record<string, EventListener | unknown>;
  for (const [name, one] of Object.entries(all)) over.addEventListener(name, one as EventListener, { passive: false });
  return () => { for (const [name, one] of Object.entries(all)) over.removeEventListener(name, one as EventListener); };
}

/** One chart. A change of window redraws, a change of lines draws new data, a change of units or theme begins anew. */
export default function TrendChart(props: TrendProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const now = useRef({ props });
  now.current.props = props;
  const shape = JSON.stringify([props.lines.map((line) => [line.label, line.unit, line.steps]), props.height, props.cursor, props.theme, props.strips?.length, props.roomRight]);
  useEffect(() => {
    const at = box.current;
    if (!at) return;
    const style = getComputedStyle(at);
    const ink = (name: string) => style.getPropertyValue(name);
    const [times, columns] = joined(now.current.props.lines.slice(0, LINES_MAX));
    const made = new uPlot(optionsOf(at.clientWidth, ink, now.current), [times, ...columns] as uPlot.AlignedData, at);
    plot.current = made;
    now.current.props.onCanvas?.(made.ctx.canvas);
    const still = moving(made, now.current);
    const watcher = new ResizeObserver(() => made.setSize({ width: at.clientWidth, height: now.current.props.height ?? HIGH }));
    watcher.observe(at);
    return () => {
      now.current.props.onCanvas?.(undefined);
      watcher.disconnect();
      still();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  const drawn = useRef(props.lines);
  useEffect(() => {
    if (drawn.current === props.lines) return;
    drawn.current = props.lines;
    const [times, columns] = joined(props.lines.slice(0, LINES_MAX));
    plot.current?.setData([times, ...columns] as uPlot.AlignedData);
  }, [props.lines, shape]);
  useEffect(() => {
    plot.current?.setScale("x", { min: props.from_ms, max: props.until_ms });
  }, [props.from_ms, props.until_ms, props.lines]);
  useEffect(() => plot.current?.redraw(false), [props.bad, props.gaps, props.strips, props.now_ms]);
  return (
    <div ref={box} className="chart trend-chart" role="application" tabIndex={props.onWindow ? 0 : undefined} aria-label={props.lines.map((line) => line.label).join(", ")}
      onKeyDown={(event) => {
        const [by, factor] = KEYS[event.key] ?? [];
        if (by === undefined || factor === undefined || !props.onWindow) return;
        event.preventDefault();
        const long = props.until_ms - props.from_ms;
        props.onWindow(props.from_ms + by * long + (long * (1 - factor)) / 2, props.until_ms + by * long - (long * (1 - factor)) / 2);
      }} />
  );
}
