// One command of a person to one machine: what may be sent, and what became of it.
import { word } from "../words";
import { act, ask, withQuery } from "./ask";

/** A tag as history had it last. */
export interface LastValue {
  tag: string;
  t_ns: number;
  value?: number | null;
  text?: string | null;
  quality?: number;
}

export interface Offer {
  address: string;
  parameter: string;
  unit: string;
  range: readonly [number | null, number | null];
  /** what the plant file allows, in words */
  allowed: string;
  choices: readonly string[];
  step?: number | null;
  roles: readonly string[];
  can_undo: boolean;
  simulated: boolean;
  /** why nothing may be sent; empty: it may */
  refused: string;
  present?: LastValue | null;
  permits: Readonly<Record<string, LastValue | null>>;
}

export interface Sent {
  id: string;
  value: number | string | boolean;
  expires_ms: number;
  outcome: string | null;
  reason?: string;
  explanation?: string;
  before?: number | string | boolean | null;
  after?: number | string | boolean | null;
}

export const offerOf = (address: string, parameter: string): Promise<Offer> =>
  ask<Offer>(withQuery("/api/commands", { address, parameter }));

export const sendCommand = (address: string, parameter: string, value: number | string, until_ms?: number): Promise<Sent> =>
  act("POST", "/api/commands", { address, parameter, value, ...(until_ms === undefined ? {} : { until_ns: Math.round(until_ms) * 1_000_000 }) });

export const commandOutcome = (id: string): Promise<Sent> => ask<Sent>(`/api/commands/${encodeURIComponent(id)}`);

/** What a permit must be for a write; the others need not hold. */
const WANTED: Readonly<Record<string, boolean>> = { remote_enabled: true, automatic: true, locked_out: false, guard_open: false, maintenance: false, set_up: false };

export const PERMITS = Object.keys(WANTED);

/** Whether a permit is as a write needs it; undefined: it is not known. */
export function permits(name: string, value: number | null | undefined): boolean | undefined {
  const wanted = WANTED[name];
  return wanted === undefined || value === null || value === undefined ? undefined : Boolean(value) === wanted;
}

/** A permit in words, as the machine says it now. */
export function permitWords(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return word("permit_unknown", name);
  return value ? word("permit_on", name) : word("permit_off", name);
}

/** Low and high of "70 to 100"; what is no range has neither. */
export function allowedRange(offer: Pick<Offer, "allowed" | "range">): [number | undefined, number | undefined] {
  const [, low, high] = /^(-?[\d.e+]+)? ?to (-?[\d.e+]+)?$/.exec(offer.allowed) ?? [];
  const within = (said: string | undefined, own: number | null, pick: (a: number, b: number) => number) =>
    said === undefined ? (own ?? undefined) : own === null ? Number(said) : pick(Number(said), own);
  return [within(low, offer.range[0], Math.max), within(high, offer.range[1], Math.min)];
}
