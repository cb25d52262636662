// JSON Merge Patch (RFC 7386) that keeps the identity of what has not changed.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `target` with `patch` applied; null in a patch removes the key, a list replaces a list. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  const made: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete made[key];
    else made[key] = mergePatch(Object.hasOwn(base, key) ? base[key] : undefined, value);
  }
  return made;
}
