// Who is signed in here, and how that person reads.
import { isLanguage, languageOf, speak, writeAs, type Language } from "../words";
import type { SessionView } from "../contract/views";
import { act, ask, csrf, unknownHere } from "./ask";
import { cell, useCell } from "./cell";
import { asFault, Fault } from "./fault";
import { restart } from "./socket";

export interface SessionNow {
  view?: SessionView;
  fault?: Fault;
}

const session = cell<SessionNow>({});

export const useSession = (): SessionNow => useCell(session);

/** Whether the person may do what a permission names, at this site. */
export function useMay(permission: string): boolean {
  return useSession().view?.may?.includes(permission) ?? false;
}

const KEPT = "linewright.reading"; // language, locale and zone of this browser

interface Reading {
  language?: Language;
  locale?: string;
  zone?: "site" | "mine";
}

export function reading(): Reading {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Reading;
  } catch {
    return {};
  }
}

async function took(view: SessionView): Promise<void> {
  const before = session.get().view?.person;
  csrf.set(view.csrf ?? "");
  const mine = reading();
  writeAs({ locale: mine.locale || view.locale || "" });
  await speak(languageOf(mine.language ?? "", view.language ?? "", ...navigator.languages));
  session.set({ view });
  if (before !== undefined && before !== (view.person ?? "")) restart();
}

/** Ask who is signed in; also at the start of the page. */
export async function refresh(): Promise<void> {
  try {
    await took(await ask<SessionView>("/api/session"));
  } catch (error) {
    session.set({ view: session.get().view, fault: asFault(error, "/api/session") });
  }
}

unknownHere.watch(() => {
  if (session.get().view?.person) void refresh();
});

export const signIn = async (person: string, password: string): Promise<void> =>
  took(await act<SessionView>("POST", "/api/sign-in", { person, password }));

export const signOut = async (): Promise<void> =>
  took(await act<SessionView>("POST", "/api/sign-out"));

/** The first person of a new site, with the link that `linewright up` printed. */
export const first = async (
  given: { token: string; person: string; name: string; password: string },
): Promise<void> => took(await act<SessionView>("POST", "/api/first", given));

/** The address with `#key=` makes a session of the person who started the site. */
export const exchangeKey = async (key: string): Promise<void> =>
  took(await act<SessionView>("POST", "/api/key", { key }));

/** A link that somebody with that right has made: to set a new password. */
export const takeLink = async (token: string, password: string): Promise<void> =>
  took(await act<SessionView>("POST", "/api/link", { token, password }));

/** Another language or locale, kept in this browser and with the person. */
export async function readAs(wanted: Reading): Promise<void> {
  const next = { ...reading(), ...wanted };
  localStorage.setItem(KEPT, JSON.stringify(next));
  if (wanted.locale !== undefined) writeAs({ locale: wanted.locale });
  if (wanted.language && isLanguage(wanted.language)) await speak(wanted.language);
  const view = session.get().view;
  if (!view?.person) return;
  const body = { language: next.language ?? "", locale: next.locale ?? "" };
  try {
    await act("PUT", "/api/session", body);
  } catch {
    // it holds in this browser all the same
  }
}
