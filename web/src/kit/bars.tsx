// Bars that are read from the top: the loss waterfall and the Pareto.
import { t } from "../words";

export interface WaterBar {
  id: string;
  label: string;
  /** size of this bar; a negative one is a gain */
  value: number;
  /** what is left after it */
  left: number;
  /** as it is printed; all together 100.0 */
  percent: string;
  text: string;
  kind: "total" | "loss" | "planned" | "unplanned" | "waiting" | "unknown" | "good";
  title?: string;
}

/** From the whole to what is left of it; each bar opens what is behind it. */
export function Waterfall(
  { bars, whole, chosen, onOpen, label }:
  { bars: readonly WaterBar[]; whole: number; chosen?: string; onOpen?: (id: string) => void; label: string },
) {
  const share = (value: number) => `${(100 * Math.max(0, value)) / (whole || 1)}%`;
  return (
    <ul className="bars" aria-label={label}>
      {bars.map((bar) => {
        const stays = bar.kind === "total" || bar.kind === "good";
        const from = stays ? 0 : Math.min(bar.left, bar.left + bar.value);
        const inner = (
          <>
            <span title={bar.title}>{bar.label}</span>
            <span className="track" aria-hidden="true"><i className={bar.kind} style={{ left: share(from), width: share(Math.abs(bar.value)) }} /></span>
            <span className="says"><b>{bar.percent}</b> <small>{bar.text}</small></span>
          </>
        );
        return (
          <li key={bar.id}>
            {onOpen ? <button type="button" className="bar" aria-pressed={bar.id === chosen} onClick={() => onOpen(bar.id)}>{inner}</button> : <div className="bar">{inner}</div>}
          </li>
        );
      })}
    </ul>
  );
}

export interface ParetoBar {
  id: string;
  label: string;
  value: number;
  text: string;
  note?: string;
  kind?: WaterBar["kind"];
}

/** Running share of the sum after each bar; bars are sorted, the largest first. */
export function running(bars: readonly { value: number }[]): number[] {
  const sum = bars.reduce((total, bar) => total + Math.max(0, bar.value), 0);
  let so_far = 0;
  return bars.map((bar) => (so_far += Math.max(0, bar.value)) / (sum || 1));
}

/** What weighs most, with the running share as a mark on each track. */
export function Pareto(
  { bars, chosen, onOpen, label, percent }:
  { bars: readonly ParetoBar[]; chosen?: string; onOpen?: (id: string) => void; label: string; percent: (share: number) => string },
) {
  const most = Math.max(1e-12, ...bars.map((bar) => bar.value));
  const shares = running(bars);
  return (
    <ul className="bars" aria-label={label}>
      {bars.map((bar, at) => {
        const inner = (
          <>
            <span>{bar.label}</span>
            <span className="track" aria-hidden="true">
              <i className={bar.kind ?? "loss"} style={{ left: 0, width: `${(100 * Math.max(0, bar.value)) / most}%` }} />
              <em style={{ left: `calc(${100 * (shares[at] ?? 0)}% - 2px)` }} title={t("pareto.running")} />
            </span>
            <span className="says"><b>{bar.text}</b> <small>{[bar.note, percent(shares[at] ?? 0)].filter(Boolean).join(" · ")}</small></span>
          </>
        );
        return (
          <li key={bar.id}>
            {onOpen ? <button type="button" className="bar" aria-pressed={bar.id === chosen} onClick={() => onOpen(bar.id)}>{inner}</button> : <div className="bar">{inner}</div>}
          </li>
        );
      })}
    </ul>
  );
}
