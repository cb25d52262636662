// Measured values on their ranges with limits and their last half hour; counters and texts below.
import { memo, useMemo } from "react";
import { href, tagWords, usePlantNow, useTraces, useUnheard } from "../../data";
import type { StationPageView, StationView, TagView, ValueView } from "../../contract/views";
import { Card, Doubts, Empty, Sparkline, ValueInRange } from "../../kit";
import { number, quantity, span, t } from "../../words";

/** What the small lines show. */
const LINE_MS = 30 * 60_000;
/** Points of a small line. */
const POINTS = 90;
/** The small lines go on in steps, so that they are not asked for anew each second. */
const STEP_MS = 60_000;

type Entry = readonly [name: string, tag: TagView, value: ValueView | undefined];

/** Last value of each of so many equal parts of a time; null where nothing was known. */
export function sampled(t_ms: readonly number[], value: readonly (number | null)[], from_ms: number, until_ms: number, count: number): (number | null)[] {
  const made: (number | null)[] = [];
  let [at, last] = [0, null as number | null];
  for (let part = 1; part <= count; part += 1) {
    const end = from_ms + ((until_ms - from_ms) * part) / count;
    while (at < t_ms.length && (t_ms[at] ?? 0) <= end) last = value[at++] ?? null;
    made.push(last);
  }
  return made;
}

export function Values({ address, view, station }: { address: string; view: StationPageView; station: StationView }) {
  const now_ms = usePlantNow(5000) ?? 0;
  const all: Entry[] = Object.entries(station.tags ?? {}).map(([name, tag]) => [name, tag, view.values?.[name]]);
  const measured = all.filter(([, tag]) => tag.unit || tag.limits || tag.high_range !== undefined);
  const others = all.filter(([, tag, value]) => !tag.unit && !tag.limits && tag.high_range === undefined && !(tag.role ?? "").startsWith("permit.") && tag.role !== "state" && value);
  const tags = useMemo(() => Object.entries(station.tags ?? {}).filter(([, tag]) => tag.unit || tag.limits || tag.high_range !== undefined).map(([name]) => `${address}#${name}`), [station, address]);
  const until_ms = Math.ceil(now_ms / STEP_MS) * STEP_MS;
  const traces = useTraces(now_ms ? tags : NONE, { from_ms: until_ms - LINE_MS, until_ms }, now_ms);
  const unheard = useUnheard(view.now, station.connected ?? false);
  return (
    <Card className={unheard ? "greyed" : ""} title={t("station.values")} aside={tags.length ? <a href={href("trend", "", { tags: tags.slice(0, 2).join(",") })}>{t("nav.trend")}</a> : null}>
      <div className="station-values">
        {measured.map(([name, tag, value]) => {
          const trace = traces.byTag[`${address}#${name}`];
          const limits = Object.fromEntries(Object.entries(tag.limits ?? {}).map(([limit, each]) => [limit, each.limit]));
          const range = [tag.low_range, tag.high_range] as const;
          return (
            <a key={name} className="station-value" href={href("trend", "", { tags: `${address}#${name}` })}>
              <ValueInRange label={tagWords(tag, name)} value={value?.value} text={quantity(value?.value, tag.unit)} range={range} limits={limits} note={noteOf(tag, now_ms, value)} />
              <Sparkline label={t("station.line", { name: tagWords(tag, name) })} values={trace ? sampled(trace.t_ms, trace.value, now_ms - LINE_MS, now_ms, POINTS) : []} />
              <Doubts doubts={value?.doubts} />
            </a>
          );
        })}
      </div>
      {measured.length ? null : <Empty>{t("station.no_values")}</Empty>}
      {others.length ? <dl className="station-others-list">{others.map(([name, tag, value]) => <Other key={name} name={name} tag={tag} value={value} />)}</dl> : null}
    </Card>
  );
}

const NONE: readonly string[] = [];

/** Older than this a value says how old it is. */
const OLD_MS = 60_000;

function noteOf(tag: TagView, now_ms: number, value: ValueView | undefined): string | undefined {
  const range = tag.low_range !== undefined && tag.high_range !== undefined ? t("station.range", { low: number(tag.low_range), high: number(tag.high_range) }) : "";
  const old = value && now_ms - value.t_ms > OLD_MS ? t("station.unchanged", { span: span((now_ms - value.t_ms) / 1000) }) : "";
  return [range, old].filter(Boolean).join(" · ") || undefined;
}

/** A row of its own box: what lies outside the view costs no layout, also with thousands of them. */
const Other = memo(function Other({ name, tag, value }: { name: string; tag: TagView; value: ValueView | undefined }) {
  return <div><dt>{tagWords(tag, name)}</dt><dd className="num"><b>{value?.text || number(value?.value)}</b>{(tag.role ?? "").startsWith("parts.") ? <small> {t("station.counter")}</small> : null}{value?.doubts?.length ? <> <Doubts doubts={value.doubts} /></> : null}</dd></div>;
});
