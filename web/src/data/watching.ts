// What is watched and what is known of it: pure folds of the messages of `/api/watch`.
import { mergePatch, type Json } from "./merge";
import type { Refusal } from "./fault";

/** One resource that is watched; `version` lets it go on after a gap in the connection. */
export interface Watch {
  readonly id: number;
  readonly path: string;
  readonly version?: string;
  readonly value?: Json;
  readonly refusal?: Refusal;
}

export type Message =
  | { beat: number }
  | { id: number; version: string; full: Json }
  | { id: number; version: string; patch: Json }
  | { id: number; error: Refusal };

/** A message of the server; undefined where it is none that is known. */
export function read(text: string): Message | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null) return undefined;
  if ("beat" in found) return found as Message;
  if (!("id" in found)) return undefined;
  return "full" in found || "patch" in found || "error" in found ? (found as Message) : undefined;
}

/** The watch after a message that is about it. */
export function heard(watch: Watch, message: Exclude<Message, { beat: number }>): Watch {
  if ("error" in message) {
    const { version: _gone, ...rest } = watch;
    return { ...rest, refusal: message.error };
  }
  const { refusal: _past, ...rest } = watch;
  if ("full" in message) return { ...rest, version: message.version, value: message.full };
  return { ...rest, version: message.version, value: mergePatch(watch.value, message.patch) };
}

/** What is sent to watch, also again after a gap: with the version that is known. */
export const asked = (watch: Watch): string =>
  JSON.stringify(
    watch.version === undefined
      ? { watch: watch.path, id: watch.id }
      : { watch: watch.path, id: watch.id, version: watch.version },
  );
