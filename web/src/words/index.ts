// The face of the words: language, and how numbers and times are written.
export {
  isLanguage, label, LANGUAGES, languageOf, say, speak, spoken, t, useLanguage, word,
} from "./language";
export type { Dictionary, Key, Language } from "./language";
export * from "./formats";
export { said, saidKey } from "./said";
