// Analogue values in their context: the range, limits, target, value and where it comes from.
import { t } from "../words";

export interface Limits {
  low_low?: number;
  low?: number;
  high?: number;
  high_high?: number;
}

/** Which limit a value is beyond, the outer ones first. */
export function beyond(value: number | undefined, limits: Limits): keyof Limits | undefined {
  if (value === undefined) return undefined;
  if (limits.high_high !== undefined && value > limits.high_high) return "high_high";
  if (limits.low_low !== undefined && value < limits.low_low) return "low_low";
  if (limits.high !== undefined && value > limits.high) return "high";
  if (limits.low !== undefined && value < limits.low) return "low";
  return undefined;
}

/** The range that is drawn: what the sensor can show, else what is there with some air. */
export function rangeOf(
  values: readonly (number | undefined | null)[],
  range: readonly [number | undefined, number | undefined] = [undefined, undefined],
): [number, number] {
  const known = values.filter((each): each is number => Number.isFinite(each));
  let low = range[0] ?? Math.min(0, ...known);
  let high = range[1] ?? Math.max(...known, low + 1e-9) * 1.05;
  for (const each of known) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  return high > low ? [low, high] : [low - 1, low + 1];
}

/** A value on its range: limits as zones, the target as a line, the usual as a band. */
export function ValueInRange(
  { label, value, text, range, limits = {}, target, targetText, note }:
  {
    label: string; value: number | undefined; text: string; range?: readonly [number | undefined, number | undefined];
    limits?: Limits; target?: number; targetText?: string; note?: string;
  },
) {
  const [low, high] = rangeOf([value, target, ...Object.values(limits)], range);
  const at = (each: number) => (100 * (Math.min(high, Math.max(low, each)) - low)) / (high - low);
  const over = beyond(value, limits);
  const severe = over === "high_high" || over === "low_low";
  const zone = (from: number, until: number, name: "inner" | "outer") =>
    until > from ? <rect key={`${name} ${from}`} x={from} y="5" width={until - from} height="8" fill={name === "outer" ? "var(--critical)" : "var(--medium)"} opacity=".38" /> : null;
  return (
    <div className="bullet">
      <div className="said">
        <small>{label}</small><b className="push">{text}</b>
        {over ? <span className={`tag ${severe ? "critical" : "medium"}`}>{t(`limit.${over}`)}</span> : null}
      </div>
      <svg viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">
        <rect x="0" y="5" width="100" height="8" fill="var(--track)" />
        {limits.high_high !== undefined ? zone(at(limits.high_high), 100, "outer") : null}
        {limits.low_low !== undefined ? zone(0, at(limits.low_low), "outer") : null}
        {limits.high !== undefined ? zone(at(limits.high), at(limits.high_high ?? high), "inner") : null}
        {limits.low !== undefined ? zone(at(limits.low_low ?? low), at(limits.low), "inner") : null}
        {value !== undefined ? <rect x="0" y="7" width={at(value)} height="4" fill={over ? "var(--critical)" : "var(--fill-strong)"} /> : null}
        {target !== undefined ? <rect x={Math.min(99.2, at(target))} y="2" width=".8" height="14" fill="var(--target)" /> : null}
        {value !== undefined ? <rect x={Math.max(0, at(value) - 0.9)} y="3" width="1.8" height="12" fill="var(--ink)" /> : null}
      </svg>
      {targetText || note ? <small>{[targetText, note].filter(Boolean).join(" · ")}</small> : null}
    </div>
  );
}

/** The last values as a small line; gaps stay gaps. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const known = values.filter((each): each is number => each !== null && Number.isFinite(each));
  if (known.length < 2) return <svg className="spark" aria-hidden="true" />;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const y = (value: number) => 28 - (26 * (value - low)) / (high - low || 1);
  let pen = "M";
  const path = values.map((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      pen = "M";
      return "";
    }
    const step = `${pen}${((100 * i) / (values.length - 1)).toFixed(2)} ${y(value).toFixed(2)}`;
    pen = "L";
    return step;
  });
  return (
    <svg className="spark" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={path.join("")} fill="none" stroke="var(--line)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
