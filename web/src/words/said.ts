// What the server says in English, in the reader's language where it is one of its fixed sentences.
// A key of those is `said.` and the sentence itself; a test holds them against the server's text.
import { say, spoken, spokenWords, t, word } from "./language";

/** The key of a fixed sentence. */
export const saidKey = (text: string): string => `said.${text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "")}`;

const roles = (names: string | undefined): string => (names ?? "").split(", ").map((name) => word("role_of", name)).join(", ");

/** Sentences with something in them. */
const FORMS: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^the role (\w+) may not; ask one of the roles (.+)$/, ([, role, others]) => t("saying.role_may_not", { role: roles(role), roles: roles(others) })],
  [/^the role (\w+) may not confirm this$/, ([, role]) => t("saying.role_may_not_confirm", { role: roles(role) })],
  [/^ask a person in one of the roles (.+)$/, ([, others]) => t("saying.ask_roles", { roles: roles(others) })],
  [/^ask somebody who is (\w+) there$/, ([, role]) => t("saying.ask_roles", { roles: roles(role) })],
  [/^your role does not (?:let you|give) .+$/, () => t("saying.your_role")],
  [/^the plant file allows no `(.+)` at (.+)$/, ([, name]) => t("saying.allows_no", { name: name ?? "" })],
  [/^(.+) is outside what the plant file allows(?:, (.+))?$/, ([, value]) => t("saying.outside", { value: value ?? "" })],
  [/^the machine has to permit it: give tags of it the roles (.+)$/, ([, names]) => t("saying.must_permit", { names: names ?? "" })],
  [/^.+ gave it a reason meanwhile$/, () => t("saying.reason_meanwhile")],
  [/^the case is (\w+)(?: \((\w+)\))?, so nothing waits for an answer$/, ([, stage]) => t("saying.case_is", { stage: word("stage", stage ?? "") })],
  [/^the reason .+ asks for a comment$/, () => t("reason.comment_needed")],
  [/^wait (\d+) s, then try again$/, ([, s]) => t("saying.wait", { s: s ?? "" })],
];

/** A sentence of the server in the reader's language; one that is not known stays as it is. */
export function said(text: string): string {
  return capital(spoken() === "en" ? text : inWords(text));
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function inWords(text: string): string {
  const fixed = say(spokenWords(), spoken(), saidKey(text));
  if (fixed !== undefined) return fixed;
  for (const [form, words] of FORMS) {
    const found = form.exec(text);
    if (found) return words(found);
  }
  return text;
}
