// Words of the page in the language of the reader: `t("key", { n: 3 })`. Imports nothing of ours.
import { useSyncExternalStore } from "react";
import en from "./en.json";

export const LANGUAGES = { en: "English", es: "Español", fr: "Français", zh: "中文" } as const;
export type Language = keyof typeof LANGUAGES;

/** Every key that has words; the English file is the list of them. */
export type Key = keyof typeof en;

type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;
export type Dictionary = Record<string, string | Forms>;

const FILES: Record<Exclude<Language, "en">, () => Promise<{ default: Dictionary }>> = {
  es: () => import("./es.json"),
  fr: () => import("./fr.json"),
  zh: () => import("./zh.json"),
};

let language: Language = "en";
let words: Dictionary = en;
const listeners = new Set<() => void>();

export const isLanguage = (name: string): name is Language => name in LANGUAGES;

/** The language that a browser's or person's wish, such as `es-MX`, comes to; English if none. */
export function languageOf(...wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const name = wish.toLowerCase().split("-")[0] ?? "";
    if (isLanguage(name)) return name;
  }
  return "en";
}

/** Speak another language from now on; the words come first, then the change. */
export async function speak(wanted: Language): Promise<void> {
  const found = wanted === "en" ? en : (await FILES[wanted]()).default;
  language = wanted;
  words = found;
  if (typeof document !== "undefined") document.documentElement.lang = wanted;
  for (const each of listeners) each();
}

/** The words of the language that is spoken. */
export const spokenWords = (): Dictionary => words;

export const spoken = (): Language => language;

export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, spoken);
}

/** Words of a key with its values put in; `n` also picks the plural form. */
export function say(
  dictionary: Dictionary,
  of: string,
  key: string,
  values: Readonly<Record<string, string | number>> = {},
): string | undefined {
  const found = dictionary[key];
  if (found === undefined) return undefined;
  const text =
    typeof found === "string"
      ? found
      : (found[new Intl.PluralRules(of).select(Number(values.n ?? 0))] ?? found.other ?? key);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** Words of a key; a key that one language lacks is said in English. */
export function t(key: Key, values?: Readonly<Record<string, string | number>>): string {
  return say(words, language, key, values) ?? say(en, "en", key, values) ?? key;
}

/** Words of a code of an open set, such as `state` `set_up`; an unknown code speaks for itself. */
export function word(set: string, code: string): string {
  const key = `${set}.${code}`;
  return (
    say(words, language, key) ?? say(en as Dictionary, "en", key) ?? code.replaceAll("_", " ")
  );
}

/** The text of a label in the reader's language, else in any; else the name itself. */
export function label(labels: Readonly<Record<string, string>> | undefined, name: string): string {
  if (!labels) return name.replaceAll("_", " ");
  const found = labels[language] ?? labels.en ?? Object.values(labels)[0];
  return found ?? name.replaceAll("_", " ");
}
