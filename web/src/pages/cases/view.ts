// What the server says of a case, and the words of it that are those of the plant file.
import { nameOf, wholeTagWords } from "../../data";
import type { PlantView } from "../../contract/views";
import { label, said, t, unit } from "../../words";

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
  causes: { cause: string; words: string; label?: Record<string, string>; why: string; probability: number }[];
  candidates: { name: string; words: string; chosen: boolean; call: string; call_at: string; effects: Effect[] }[];
  proposal: { address: string; station: string; parameter: string; label?: Record<string, string>; value: number | string; unit: string; at: string; until: string; words: string }[];
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

/** What an effect is about: a count of the line, or a tag of a station. */
export function effectWords(plant: PlantView | undefined, effect: Effect): string {
  if (effect.measure === "good" || effect.measure === "scrap" || effect.measure === "stops") return t(`cases.measure.${effect.measure}`);
  return effect.measure.includes("#") ? wholeTagWords(plant, effect.measure) : said(effect.words);
}

export const causeWords = (cause: CaseNow["causes"][number]): string =>
  cause.label && Object.keys(cause.label).length ? label(cause.label, cause.words) : cause.words;

/** A proposed change as a sentence that names value, unit, station and until when. */
export function changeWords(plant: PlantView | undefined, change: CaseNow["proposal"][number]): string {
  const name = change.label && Object.keys(change.label).length ? label(change.label, change.parameter) : change.parameter;
  const values = { name: name.slice(0, 1).toLowerCase() + name.slice(1), place: nameOf(plant, change.address), value: `${change.value} ${unit(change.unit)}`.trim(), until: change.until };
  return change.until ? t("cases.change", values) : t("cases.change.stays", values);
}
