// Figures of the alarm system beside the targets that ISA-18.2 and EEMUA 191 publish.
import type { AlarmReportView } from "../../contract/views";

export interface Target {
  name: "per_10min" | "peak_10min" | "flood_share" | "chattering" | "stale" | "low_share" | "medium_share" | "high_share";
  value?: number;
  /** undefined: nothing was raised that could be judged */
  met?: boolean;
  share?: boolean;
}

/** A share of a priority may be so far from its target, which is an approximate one. */
const SPARE = 0.05;
/** Fewer alarms than this tell nothing about how priorities are shared out. */
const ENOUGH = 20;

export function targetsOf(view: AlarmReportView): Target[] {
  const raised = view.raised ?? 0;
  const of = (name: string) => view.priorities?.[name] ?? 0;
  const near = (name: Target["name"], share: number, target: number): Target =>
    raised < ENOUGH ? { name, value: raised ? share : undefined, share: true } : { name, value: share, share: true, met: Math.abs(share - target) <= SPARE };
  const judged = (name: Target["name"], value: number | undefined, met: (value: number) => boolean, share = false): Target =>
    ({ name, value, share, met: value === undefined ? undefined : met(value) });
  return [
    judged("per_10min", view.per_10min ?? 0, (value) => value <= 1),
    judged("peak_10min", view.peak_10min ?? 0, (value) => value <= 10),
    judged("flood_share", view.flood_share ?? 0, (value) => value < 0.01, true),
    judged("chattering", view.chattering?.length ?? 0, (value) => value === 0),
    judged("stale", view.stale?.length ?? 0, (value) => value < 5),
    near("low_share", of("low") / (raised || 1), 0.8),
    near("medium_share", of("medium") / (raised || 1), 0.15),
    near("high_share", (of("high") + of("critical")) / (raised || 1), 0.05),
  ];
}
