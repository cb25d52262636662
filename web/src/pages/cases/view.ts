// What the server says of a case.

export interface Effect {
  measure: string;
  words: string;
  unit: string;
  mean: number;
  low: number;
  high: number;
  level: number;
}

export interface CaseNow {
  id: string;
  title: string;
  kind: string;
  address: string;
  stage: string;
  passed: string[];
  outcome: string;
  at: string;
  can_confirm: boolean;
  by: string;
  causes: { cause: string; words: string; why: string; probability: number }[];
  candidates: { name: string; words: string; chosen: boolean; call: string; call_at: string; effects: Effect[] }[];
  proposal: { station: string; parameter: string; value: number | string; unit: string; at: string; until: string; words: string }[];
  advice: string;
  expected: Effect[];
  measured: Effect[];
  verify_until: string;
  lesson: string;
  commands: { id: string; outcome: string; words: string; after?: number | string }[];
}

export interface CasesView {
  cases?: Record<string, CaseNow>;
}

export const STAGES = ["open", "diagnosed", "rehearsed", "proposed", "granted", "acting", "verifying", "closed"] as const;

/** How a stage stands to the case: it is there, it was there, it was passed over, or is to come. */
export function stageMark(one: CaseNow, stage: string): "now" | "done" | "over" | "ahead" {
  const at = STAGES.indexOf(one.stage as (typeof STAGES)[number]);
  const index = STAGES.indexOf(stage as (typeof STAGES)[number]);
  if (index === at) return one.stage === "closed" ? "done" : "now";
  if (one.passed.includes(stage)) return "done";
  return index < at ? "over" : "ahead";
}

/** Those that wait for a person first, then the other open ones, then the closed; latest first. */
export function inTurn(cases: readonly CaseNow[]): CaseNow[] {
  const rank = (one: CaseNow) => (one.can_confirm ? 0 : one.stage === "closed" ? 2 : 1);
  return [...cases].map((one, at) => [one, at] as const).sort(([a, i], [b, j]) => rank(a) - rank(b) || i - j).map(([one]) => one);
}
