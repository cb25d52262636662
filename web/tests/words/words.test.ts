import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../../src/words/en.json";
import es from "../../src/words/es.json";
import fr from "../../src/words/fr.json";
import review from "../../src/words/review.json";
import zh from "../../src/words/zh.json";
import { ICONS } from "../../src/app/icons";
import { languageOf, LANGUAGES, say, speak, type Dictionary } from "../../src/words/language";
import { said, saidKey } from "../../src/words/said";

const files: Record<string, Dictionary> = { en, es, fr, zh };
const texts = (words: Dictionary[string] | undefined): string[] =>
  words === undefined ? [] : typeof words === "string" ? [words] : Object.values(words);
const slots = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

describe.each(Object.entries(files))("the words of %s", (language, words) => {
  it("have exactly the keys of the English ones, sorted", () => {
    expect(Object.keys(words)).toEqual(Object.keys(en));
    expect(Object.keys(words)).toEqual(Object.keys(words).sort());
  });

  it("have every plural form that the language has", () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, forms] of Object.entries(words)) {
      expect(typeof forms === "string", key).toBe(typeof (en as Dictionary)[key] === "string");
      if (typeof forms !== "string") expect(Object.keys(forms).sort(), key).toEqual([...wanted].sort());
    }
  });

  it("take the same values and are not empty", () => {
    for (const [key, forms] of Object.entries(words)) {
      const wanted = slots(texts((en as Dictionary)[key])[0] ?? "");
      for (const text of texts(forms)) {
        expect(text.trim(), key).not.toBe("");
        expect(slots(text), key).toEqual(wanted);
      }
    }
  });

  it("say whether a native speaker has read them", () => {
    expect(["done", "missing"]).toContain((review as Record<string, { native_review: string }>)[language]?.native_review);
  });
});

describe("words", () => {
  it("pick the plural form and put the values in", () => {
    expect(say(en, "en", "line.calls", { n: 1 })).toBe("1 call");
    expect(say(en, "en", "line.calls", { n: 3 })).toBe("3 calls");
    expect(say(fr, "fr", "line.alarms", { n: 0 })).toBe("0 alarme");
    expect(say(zh, "zh", "line.calls", { n: 3 })).toBe("3 个呼叫");
  });

  it("follow the first wish that there is a language for", () => {
    expect(languageOf("", "de-DE", "es-MX", "en")).toBe("es");
    expect(languageOf("xx")).toBe("en");
    expect(Object.keys(files)).toEqual(Object.keys(LANGUAGES));
  });

  it("are all used somewhere, so that nobody translates what nobody reads", () => {
    const all = sources("src").filter((path) => /\.tsx?$/.test(path)).map((path) => readFileSync(path, "utf8")).join("\n");
    const open = new Set([...all.matchAll(/word\("(\w+)"/g)].map((found) => found[1]));
    const icons = Object.keys(ICONS).map((name) => `nav.${name}`); // titles of pages that come next
    const made = [...all.matchAll(/t\(`([\w.]+)\$\{/g)].map((found) => found[1] ?? "");
    const unused = Object.keys(en).filter((key) => !key.startsWith("said.") && !all.includes(`"${key}"`) && !icons.includes(key) && !open.has(key.split(".")[0]) && !made.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });
});

describe("sentences of the server", () => {
  const server = sources("../src/linewright/server").filter((path) => path.endsWith(".py")).map((path) => readFileSync(path, "utf8")).join("\n").replace(/"\s*\n\s*"/g, "");
  const fixed = Object.entries(en).filter(([key]) => key.startsWith("said."));

  it.each(fixed)("%s is one that the server says", (key, text) => {
    expect(saidKey(String(text))).toBe(key);
    expect(server).toContain(`"${String(text)}"`);
  });

  it("are said in the language of the reader, with what is in them", async () => {
    await speak("es");
    expect(said("automatic actions are stopped")).toBe("Las acciones automáticas están detenidas");
    expect(said("the role supervisor may not; ask one of the roles quality, engineer")).toBe("El rol supervisor no puede; pida a uno de los roles calidad, ingeniero");
    expect(said("a sentence that is new")).toBe("A sentence that is new");
    await speak("en");
    expect(said("automatic actions are stopped")).toBe("Automatic actions are stopped");
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : [path];
  });
}
