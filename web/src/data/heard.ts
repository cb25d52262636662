// Whether a station is heard now; what is shown of one that is not may not look like now.
import { useEffect, useReducer } from "react";
import type { StationNowView } from "../contract/views";
import { serverNow } from "./clock";
import { DATA_FRESH_MS } from "./freshness";

/** Doubts that say that what is known is not of now. */
const OLD = ["not_connected", "stale"];

/** How long a station was not heard, by the server's clock; 0: it is read from nowhere. */
export const silentFor = (is: StationNowView | undefined, connected: boolean, now_ms: number): number =>
  is?.seen_ms === undefined || !connected ? 0 : Math.max(0, now_ms - is.seen_ms);

/** Whether a station is not heard: its source is silent, or says that it has lost the machine. */
export const isUnheard = (is: StationNowView | undefined, connected: boolean, now_ms: number): boolean =>
  silentFor(is, connected, now_ms) > DATA_FRESH_MS || (is?.doubts ?? []).some((each) => OLD.includes(each));

/** The same as time goes on: drawn again in the moment in which silence has lasted too long. */
export function useUnheard(is: StationNowView | undefined, connected: boolean): boolean {
  const [, look] = useReducer((n: number) => n + 1, 0);
  const seen_ms = connected ? is?.seen_ms : undefined;
  useEffect(() => {
    if (seen_ms === undefined) return;
    const timer = setTimeout(look, Math.max(0, seen_ms + DATA_FRESH_MS - serverNow()) + 10);
    return () => clearTimeout(timer);
  }, [seen_ms]);
  return isUnheard(is, connected, serverNow());
}
