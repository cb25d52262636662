// Something counted, and what is expected of it with its interval: SVG, drawn to its width.
import { useEffect, useRef, useState } from "react";
import { number, t, time } from "../words";
import { ticksOf } from "./strip";

export interface BandPoint {
  t_ms: number;
  value?: number;
  low?: number;
  high?: number;
}

export interface BandSeries {
  label: string;
  points: readonly BandPoint[];
  kind: "real" | "ahead" | "was" | "target";
}

/** Even steps of an axis of counts. */
export function stepsOf(low: number, high: number, most = 5): number[] {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const found: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6 && found.length < 20; at += step) found.push(at);
  return found;
}

const HIGH = 220;
const LEFT = 44;
const BELOW = 22;

const STROKES: Record<BandSeries["kind"], { stroke: string; dash?: string; width: number }> = {
  real: { stroke: "var(--ink)", width: 2.4 },
  ahead: { stroke: "var(--line)", dash: "6 4", width: 2 },
  was: { stroke: "var(--line)", dash: "2 4", width: 1.5 },
  target: { stroke: "var(--edge-strong)", dash: "10 5", width: 1.5 },
};

/** A band chart; `now_ms` parts what was from what is expected. */
export function BandChart(
  { series, now_ms, label, height = HIGH, fromZero = false }:
  { series: readonly BandSeries[]; now_ms?: number; label: string; height?: number; fromZero?: boolean },
) {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(600);
  const root = typeof document === "undefined" ? 1 : parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // larger on a wall
  useEffect(() => {
    if (!box.current) return;
    const watcher = new ResizeObserver(([entry]) => entry && setWide(Math.max(240, entry.contentRect.width / root)));
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  const points = series.flatMap((each) => each.points);
  const values = points.flatMap((each) => [each.value, each.low, each.high]).filter((each): each is number => Number.isFinite(each));
  const times = points.map((each) => each.t_ms);
  if (times.length < 2 || !values.length) return <div className="chart" ref={box}><p className="quiet">{t("chart.nothing")}</p></div>;
  const [from, until] = [Math.min(...times), Math.max(...times)];
  const low = fromZero ? 0 : Math.min(...values);
  const high = Math.max(...values, low + 1);
  const x = (t_ms: number) => LEFT + ((wide - LEFT - 8) * (t_ms - from)) / (until - from || 1);
  const y = (value: number) => 8 + ((height - 8 - BELOW) * (high - value)) / (high - low);
  const line = (list: readonly BandPoint[]) => {
    let pen = "M";
    return list.map((each) => {
      if (each.value === undefined) return (pen = "M"), "";
      const step = `${pen}${x(each.t_ms).toFixed(1)} ${y(each.value).toFixed(1)}`;
      pen = "L";
      return step;
    }).join("");
  };
  const area = (list: readonly BandPoint[]) => {
    const sure = list.filter((each) => each.low !== undefined && each.high !== undefined);
    if (sure.length < 2) return "";
    const top = sure.map((each) => `${x(each.t_ms).toFixed(1)} ${y(each.high ?? 0).toFixed(1)}`);
    const bottom = sure.map((each) => `${x(each.t_ms).toFixed(1)} ${y(each.low ?? 0).toFixed(1)}`).reverse();
    return `M${[...top, ...bottom].join("L")}Z`;
  };
  return (
    <div className="chart" ref={box}>
      <svg viewBox={`0 0 ${wide} ${height}`} width={wide * root} height={height * root} role="img" aria-label={label}>
        {stepsOf(low, high).map((each) => (
          <g key={each}><line x1={LEFT} x2={wide - 8} y1={y(each)} y2={y(each)} stroke="var(--edge)" strokeWidth="1" /><text x={LEFT - 6} y={y(each) + 4} textAnchor="end">{number(each, 1)}</text></g>
        ))}
        {ticksOf(from, until, Math.max(2, Math.floor(wide / 110))).filter((each) => x(each) < wide - 24 && x(each) > LEFT + 12).map((each) => <text key={each} x={x(each)} y={height - 6} textAnchor="middle">{time(each)}</text>)}
        {series.map((each) => <path key={`area ${each.label}`} d={area(each.points)} fill="var(--band)" />)}
        {now_ms !== undefined && now_ms >= from && now_ms <= until ? (
          <g><line x1={x(now_ms)} x2={x(now_ms)} y1="8" y2={height - BELOW} stroke="var(--ink)" strokeWidth="1" /><text x={x(now_ms) + 4} y="18">{t("chart.now")}</text></g>
        ) : null}
        {series.map((each) => {
          const look = STROKES[each.kind];
          return <path key={each.label} d={line(each.points)} fill="none" stroke={look.stroke} strokeWidth={look.width} strokeDasharray={look.dash} />;
        })}
      </svg>
      <div className="legend">
        {series.filter((each) => each.points.length).map((each) => (
          <span key={each.label}>
            <svg width="28" height="10" aria-hidden="true"><line x1="0" x2="28" y1="5" y2="5" stroke={STROKES[each.kind].stroke} strokeWidth={STROKES[each.kind].width} strokeDasharray={STROKES[each.kind].dash} /></svg>
            {each.label}
          </span>
        ))}
      </div>
    </div>
  );
}
