// The word files as plain maps, for tests of open sets of codes.
import enWords from "../../src/words/en.json";
import esWords from "../../src/words/es.json";
import frWords from "../../src/words/fr.json";
import zhWords from "../../src/words/zh.json";

type Words = Readonly<Record<string, unknown>>;

export const en: Words = enWords;
export const es: Words = esWords;
export const fr: Words = frWords;
export const zh: Words = zhWords;
