// One chart of the trends: its lines with their values at the cursor, strips of states and alarms.
import { memo, Suspense, useMemo } from "react";
import { nameOf, partsOf, tagAt, tagWords, valueAt, type Trace } from "../../data";
import type { PlantView } from "../../contract/views";
import { Busy, LineSign, TrendChart, type TrendLine, type TrendStrip } from "../../kit";
import { quantity, t, word } from "../../words";

/** Roles whose value holds until the next one. */
const STEPPED = /^(state|parts\.|permit\.|program|product|order)/;

export interface ChartProps {
  plant: PlantView | undefined;
  tags: readonly string[];
  traces: Readonly<Record<string, Trace>>;
  from_ms: number;
  until_ms: number;
  now_ms?: number;
  cursor_ms?: number;
  theme: string;
  roomRight: boolean;
  height: number;
  overlays: boolean;
  onWindow: (from_ms: number, until_ms: number) => void;
  onCursor: (t_ms: number | undefined) => void;
  onRemove: (tag: string) => void;
  onCanvas: (canvas: HTMLCanvasElement | undefined) => void;
}

export const OneChart = memo(function OneChart(props: ChartProps) {
  const { plant, tags, traces, overlays } = props;
  const lines = useMemo<TrendLine[]>(() => tags.map((tag) => {
    const view = tagAt(plant, tag)?.view;
    const trace = traces[tag];
    const unit = view?.unit ?? trace?.unit;
    return {
      label: tag, unit, t_ms: trace?.t_ms ?? [], value: trace?.value ?? [], steps: !unit || STEPPED.test(view?.role ?? ""),
      limits: overlays && tags.length <= 2 ? Object.entries(view?.limits ?? {}).map(([name, each]) => ({ value: each.limit, label: word("limit", name) })) : [],
    };
  }), [plant, tags, traces, overlays]);
  const bad = useMemo(() => tags.flatMap((tag) => traces[tag]?.bad ?? []), [tags, traces]);
  const gaps = useMemo(() => tags.flatMap((tag) => traces[tag]?.gaps ?? []), [tags, traces]);
  const strips = useMemo<TrendStrip[]>(() => (overlays ? stripsOf(tags, traces) : []), [tags, traces, overlays]);
  return (
    <section className="card trend-one">
      <ul className="trend-legend">
        {tags.map((tag, at) => <Legend key={tag} at={at} tag={tag} {...props} />)}
      </ul>
      <Suspense fallback={<Busy />}>
        <TrendChart lines={lines} from_ms={props.from_ms} until_ms={props.until_ms} bad={bad} gaps={gaps} strips={strips} cursor="trend" theme={props.theme} roomRight={props.roomRight} now_ms={props.now_ms}
          height={props.height + strips.length * 15} onWindow={props.onWindow} onCursor={props.onCursor} onCanvas={props.onCanvas} />
      </Suspense>
    </section>
  );
});

function Legend({ at, tag, plant, traces, cursor_ms, onRemove }: ChartProps & { at: number; tag: string }) {
  const [station, name] = partsOf(tag);
  const view = tagAt(plant, tag)?.view;
  const trace = traces[tag];
  const unit = view?.unit ?? trace?.unit;
  const when = cursor_ms ?? Infinity;
  const value = trace ? valueAt(trace, when) : undefined;
  const within = (list: readonly (readonly [number, number, string])[] | undefined) => (cursor_ms === undefined ? undefined : list?.find((each) => each[0] <= when && when < each[1])?.[2]);
  const bad = within(trace?.bad);
  const gap = within(trace?.gaps);
  const said = bad !== undefined ? bad.split(" ").map((each) => word("doubt", each)).join(", ") : gap !== undefined ? t("trend.gap") : quantity(value, unit);
  return (
    <li>
      <LineSign at={at} />
      <span className="name">{tagWords(view, name)}<small> {nameOf(plant, station)}</small></span>
      <b className="num">{said}</b>
      <button type="button" className="plain no-print" onClick={() => onRemove(tag)} aria-label={t("trend.remove", { name: tagWords(view, name) })}>✕</button>
    </li>
  );
}

/** One strip of states for each station of the chart, and one of its alarms where it had some. */
export function stripsOf(tags: readonly string[], traces: Readonly<Record<string, Trace>>): TrendStrip[] {
  const made: TrendStrip[] = [];
  for (const station of new Set(tags.map((tag) => partsOf(tag)[0]))) {
    const own = tags.filter((tag) => partsOf(tag)[0] === station).map((tag) => traces[tag]).filter((trace) => trace !== undefined);
    const states = own.find((trace) => trace.states.length)?.states;
    if (states) made.push({ name: t("trend.states"), states });
    const alarms = new Map(own.flatMap((trace) => trace.alarms).map((each) => [`${each[0]} ${each[2]}`, each]));
    if (alarms.size) made.push({ name: t("nav.alarms"), alarms: [...alarms.values()] });
  }
  return made;
}
