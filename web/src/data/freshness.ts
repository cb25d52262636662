// How much what stands on the page can be believed, by what was last heard of the server.

export type Freshness = "waiting" | "fresh" | "stale" | "lost";

/** The server beats once a second; a beat and a half late is the first doubt. */
export const STALE_MS = 1500;
/** Two beats missed: said in words, and everything turns grey, within 3 s of the loss. */
export const LOST_MS = 2600;
/** A connection that has ended and does not come back at once is lost sooner. */
export const CLOSED_MS = 900;

/** From the time since the last beat, and since the connection ended; undefined: neither was. */
export function freshnessOf(sinceBeat_ms: number | undefined, sinceEnd_ms?: number): Freshness {
  if (sinceBeat_ms === undefined) return "waiting";
  if (sinceEnd_ms !== undefined) return sinceEnd_ms > CLOSED_MS ? "lost" : "stale";
  if (sinceBeat_ms <= STALE_MS) return "fresh";
  return sinceBeat_ms <= LOST_MS ? "stale" : "lost";
}

/** Services without which nothing new is known of any machine. */
const FEEDING = ["connect", "live"] as const;

/** Whether what machines say comes through: each service on its way runs, as far as is known. */
export const isFed = (services: Readonly<Record<string, { up: boolean }>> | undefined): boolean =>
  FEEDING.every((name) => services?.[name]?.up !== false);

/** Resources that tell of now; the others tell of times that are over, and stay as they are. */
const OF_NOW = ["/api/sites", "/api/line", "/api/station", "/api/values", "/api/namespace", "/api/alarms", "/api/calls"];

export const isOfNow = (path: string): boolean => OF_NOW.includes(path.split("?")[0] ?? "");

/** Data of machines older than this are not shown as good. */
export const DATA_FRESH_MS = 3000;

/** Between two tries to connect: quick at first, then each few seconds, for ever. */
export const RETRY_MS = [250, 500, 1000, 2000, 3000] as const;

export const retryAfter = (tries: number): number =>
  RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 3000;
