// Names of windows of time: `shift`, `day`, `2026-11-23`, `2026-11-23/evening`, or two times.

export type Window =
  | { kind: "shift" }
  | { kind: "day" }
  | { kind: "date"; date: string; shift?: string }
  | { kind: "stretch"; from_ms: number; until_ms: number };

const NAMED = /^(\d{4}-\d{2}-\d{2})(?:\/([^/]+))?$/;
const STRETCH = /^(\d{1,16})-(\d{1,16})$/;
const DAY_MS = 86_400_000;

const isDate = (text: string): boolean => {
  const t_ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(t_ms) && new Date(t_ms).toISOString().startsWith(text);
};

/** The window that a name of the address bar means; what is no name means the shift. */
export function parseWindow(name: string | null | undefined): Window {
  if (name === "day") return { kind: "day" };
  const [, date, shift] = NAMED.exec(name ?? "") ?? [];
  if (date && isDate(date)) return shift ? { kind: "date", date, shift } : { kind: "date", date };
  const [, from, until] = STRETCH.exec(name ?? "") ?? [];
  if (from && until && Number(from) < Number(until)) {
    return { kind: "stretch", from_ms: Number(from), until_ms: Number(until) };
  }
  return { kind: "shift" };
}

/** The name of a window in the address bar. */
export function windowName(window: Window): string {
  if (window.kind === "date") return window.shift ? `${window.date}/${window.shift}` : window.date;
  if (window.kind === "stretch") return `${window.from_ms}-${window.until_ms}`;
  return window.kind;
}

/** The window as query parameters of the server. */
export const windowQuery = (window: Window): Record<string, string | number> =>
  window.kind === "stretch"
    ? { from_ms: window.from_ms, until_ms: window.until_ms }
    : { window: windowName(window) };

/** A date some days later, in plain calendar days. */
export function shiftDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same kind of window before or after; `today` is the production day now. */
export function stepWindow(window: Window, days: number, today: string): Window {
  if (window.kind === "stretch") {
    const by_ms = (window.until_ms - window.from_ms) * days;
    return { ...window, from_ms: window.from_ms + by_ms, until_ms: window.until_ms + by_ms };
  }
  const date = window.kind === "date" ? window.date : today;
  const next = shiftDate(date, days);
  if (next >= today) return window.kind === "date" && window.shift ? { ...window, date: today } : { kind: "day" };
  return window.kind === "date" && window.shift
    ? { kind: "date", date: next, shift: window.shift }
    : { kind: "date", date: next };
}
