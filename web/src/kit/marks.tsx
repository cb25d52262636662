// Marks: state, freshness, priority. Shape and letter and word; colour comes on top.
import type { ReactNode } from "react";
import { t, word } from "../words";
import { lookOf, stateCode, type Shape } from "./states";

const SHAPES: Record<Shape, ReactNode> = {
  disc: <circle cx="12" cy="12" r="10" fill="currentColor" opacity=".28" stroke="currentColor" strokeWidth="1.5" />,
  ring: <circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" strokeWidth="2" />,
  wall: <path d="M2 3h20v18H2z" fill="currentColor" opacity=".25" stroke="currentColor" strokeWidth="2" />,
  hollow: <path d="M2 3h20v18H2z" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="4 3" />,
  wrench: <path d="M12 1.5 22.5 12 12 22.5 1.5 12z" fill="none" stroke="currentColor" strokeWidth="2" />,
  cross: <path d="M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z" fill="currentColor" stroke="currentColor" strokeWidth="1" />,
  pause: <path d="M2 6h20v12H2z" fill="none" stroke="currentColor" strokeWidth="2" />,
  dash: <path d="M2 12a10 10 0 0 1 20 0" fill="none" stroke="currentColor" strokeWidth="2" />,
  question: <path d="M12 1.5 23 21.5H1z" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="3 2" />,
};

/** The sign alone: shape with its letter. The word must stand beside it. */
export function StateSign({ state, size }: { state: string; size?: string }) {
  const look = lookOf(state);
  return (
    <svg className="sign" viewBox="0 0 24 24" aria-hidden="true" style={size ? { width: size, height: size } : undefined}>
      {SHAPES[look.shape]}
      <text x="12" y={look.shape === "question" ? 20 : 16.6} textAnchor="middle" fontSize="12.5" fontWeight="700"
        fill={look.shape === "cross" ? "var(--panel)" : "currentColor"}>
        {word("letter", stateCode(state))}
      </text>
    </svg>
  );
}

/** Shape + letter + word of a station's state. */
export function StateMark({ state, size }: { state: string; size?: string }) {
  return (
    <span className={`state ${stateCode(state)}`}>
      <StateSign state={state} size={size} />
      {word("state", state || "unknown")}
    </span>
  );
}

export type Severity = "critical" | "high" | "medium" | "low" | "good" | "calm";

const SIGNS: Record<Severity, ReactNode> = {
  critical: <path d="M8 1l7 7-7 7-7-7z" fill="currentColor" />,
  high: <path d="M8 1.5 15 14.5H1z" fill="currentColor" />,
  medium: <path d="M8 14.5 1 1.5h14z" fill="none" stroke="currentColor" strokeWidth="2" />,
  low: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />,
  good: <path d="M2 8.5 6.5 13 14 3.5" fill="none" stroke="currentColor" strokeWidth="2.4" />,
  calm: null,
};

/** A short word in a frame; its shape tells the severity without colour. */
export function Tag({ kind = "calm", children, title }: { kind?: Severity; children: ReactNode; title?: string }) {
  return (
    <span className={`tag ${kind}`} title={title}>
      {SIGNS[kind] ? <svg viewBox="0 0 16 16" aria-hidden="true">{SIGNS[kind]}</svg> : null}
      {children}
    </span>
  );
}

/** Priority of an alarm. */
export function PriorityMark({ priority }: { priority: string }) {
  const kind = (["critical", "high", "medium", "low"] as const).find((each) => each === priority);
  return <Tag kind={kind ?? "low"}>{word("priority", priority)}</Tag>;
}

/** How many; nothing for zero. */
export function Count({ n, calm = false, of }: { n: number | undefined; calm?: boolean; of: string }) {
  if (!n) return null;
  return <span className={`count${calm ? " calm" : ""}`} aria-label={`${n} ${of}`}>{n > 99 ? "99+" : n}</span>;
}

/** Words against a value: quality bits of the data. */
export function Doubts({ doubts }: { doubts: readonly string[] | undefined }) {
  if (!doubts?.length) return null;
  return <Tag kind="low" title={t("doubts.title")}>{doubts.map((each) => word("doubt", each)).join(", ")}</Tag>;
}
