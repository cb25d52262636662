// Numbers, times and spans as the reader writes them: the locale is apart from the language.
import { spoken, t } from "./language";

export interface Manner {
  /** such as `es-MX`; empty: what the language or the browser says */
  locale: string;
  /** IANA name of the zone that times are shown in */
  zone: string;
}

let manner: Manner = { locale: "", zone: "UTC" };
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Locale and zone of all that is written from now on. */
export function writeAs(wanted: Partial<Manner>): void {
  manner = { ...manner, ...wanted };
}

export const zone = (): string => manner.zone;

/** How those write who have chosen a language and no locale: as on the shop floors we serve. */
const USUAL = { en: "en-US", es: "es-MX", fr: "fr-CA", zh: "zh-CN" } as const;

export const locale = (): string => manner.locale || USUAL[spoken()];

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale()}${JSON.stringify(options)}`;
  let found = made.get(key);
  if (!found) made.set(key, (found = new Intl.NumberFormat(locale(), options)));
  return found as Intl.NumberFormat;
}

function dates(options: Intl.DateTimeFormatOptions, of = manner.zone): Intl.DateTimeFormat {
  const key = `d${locale()}${of}${JSON.stringify(options)}`;
  let found = made.get(key);
  if (!found) {
    const hours: Intl.DateTimeFormatOptions = { hourCycle: "h23" }; // shop floors write 14:30
    found = new Intl.DateTimeFormat(locale(), { timeZone: of, ...hours, ...options });
    made.set(key, found);
  }
  return found as Intl.DateTimeFormat;
}

export const NONE = "–";

/** A number with at most so many decimals. */
export function number(value: number | undefined | null, decimals = 1): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return NONE;
  return numbers({ maximumFractionDigits: decimals }).format(value);
}

/** A measured value: three significant figures, whole numbers whole. */
export function figure(value: number | undefined | null): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return NONE;
  if (Number.isInteger(value)) return numbers({ maximumFractionDigits: 0 }).format(value);
  const places = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return numbers({ maximumFractionDigits: places }).format(value);
}

/** A share of 1 in percent. */
export function share(value: number | undefined | null, decimals = 1): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return NONE;
  return numbers({
    style: "percent",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** A difference with its sign. */
export function signed(value: number | undefined | null, decimals = 0): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return NONE;
  const options = { maximumFractionDigits: decimals, signDisplay: "exceptZero" } as const;
  return numbers(options).format(value);
}

export function money(value: number | string | undefined, currency: string): string {
  const amount = Number(value);
  if (value === undefined || value === "" || !Number.isFinite(amount)) return NONE;
  if (!currency) return number(amount, 2);
  const places = { minimumFractionDigits: amount < 100 && !Number.isInteger(amount) ? 2 : 0, maximumFractionDigits: amount < 100 ? 2 : 0 };
  return numbers({ style: "currency", currency, ...places }).format(amount);
}

const UNITS: Record<string, string> = {
  degC: "°C", degF: "°F", "N*m": "N·m", um: "µm", "1": "", m3: "m³", "m^3": "m³", ohm: "Ω",
}; // as people write them

export const unit = (name: string | undefined): string => UNITS[name ?? ""] ?? name ?? "";

/** A value with its unit. */
export function quantity(value: number | undefined | null, of?: string): string {
  const name = unit(of);
  return `${figure(value)}${name ? `\u00a0${name}` : ""}`;
}

export const time = (t_ms: number, of?: string): string =>
  dates({ hour: "2-digit", minute: "2-digit" }, of).format(t_ms);

export const timeToSecond = (t_ms: number, of?: string): string =>
  dates({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, of).format(t_ms);

export const day = (t_ms: number, of?: string): string =>
  dates({ weekday: "short", day: "numeric", month: "short" }, of).format(t_ms);

export const dayAndTime = (t_ms: number, of?: string): string => `${day(t_ms, of)} ${time(t_ms, of)}`;

/** A day in the form of the plant's windows, `2026-11-23`, in the zone of the site. */
export function isoDay(t_ms: number, of = manner.zone): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: of, year: "numeric", month: "2-digit", day: "2-digit",
  });
  return parts.format(t_ms);
}

/** A length of time in its two largest units, such as `1 h 05 min`. */
export function span(seconds: number | undefined | null): string {
  if (seconds === undefined || seconds === null || !Number.isFinite(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return t("span.s", { s: whole });
  if (whole < 3600) return t("span.min_s", { min: Math.floor(whole / 60), s: two(whole % 60) });
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return t("span.h_min", { h: Math.floor(minutes / 60), min: two(minutes % 60) });
  const hours = Math.floor(minutes / 60);
  return t("span.d_h", { d: Math.floor(hours / 24), h: hours % 24 });
}

/** A clock of a length of time for boards that are read from afar: `12:05` or `1:02:05`. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}

/** Minutes, for tables of losses. */
export const minutes = (seconds: number): string => t("span.min", { min: number(seconds / 60, 1) });
