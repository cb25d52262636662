// What a page shows: the newest value of a resource and how far it can be believed.
import { useCallback, useSyncExternalStore } from "react";
import { cell, useCell } from "./cell";
import { Fault } from "./fault";
import type { SitesView } from "../contract/views";
import { freshnessOf, isFed, isOfNow, type Freshness } from "./freshness";
import { beat, known, watch } from "./socket";

export interface Watched<T> {
  /** the newest that was heard, also when the connection is lost */
  readonly value?: T;
  readonly fault?: Fault;
  readonly freshness: Freshness;
}

/** How often the age of the last beat is looked at. */
const LOOK_MS = 200;

const freshness = cell<Freshness>("waiting");

function look(): void {
  const { at, ended_at } = beat.get();
  const now = performance.now();
  const since = (then: number | undefined) => (then === undefined ? undefined : now - then);
  freshness.set(freshnessOf(since(at), since(ended_at)));
}

if (typeof window !== "undefined") {
  setInterval(look, LOOK_MS);
  beat.watch(look);
}

/** Whether the server is heard. */
export const useFreshness = (): Freshness => useCell(freshness);

const SITES = "/api/sites";
const fed = (): boolean => isFed((known(SITES)?.value as SitesView | undefined)?.services);
const watchSites = (listener: () => void) => watch(SITES, listener);

/** Whether the server is heard, and what machines say comes to it. */
export function useFreshnessOfNow(): Freshness {
  const heard = useFreshness();
  const comes = useSyncExternalStore(watchSites, fed);
  return comes || heard === "waiting" ? heard : "lost";
}

/** Watch a path of the API, such as `/api/line?address=...`; undefined: nothing. */
export function useWatched<T>(path: string | undefined): Watched<T> {
  const [server, now] = [useFreshness(), useFreshnessOfNow()];
  const heard = path !== undefined && isOfNow(path) ? now : server;
  const begin = useCallback(
    (listener: () => void) => (path === undefined ? () => undefined : watch(path, listener)),
    [path],
  );
  const found = useSyncExternalStore(begin, () => (path === undefined ? undefined : known(path)));
  const value = found?.value as T | undefined;
  const fault = found?.refusal ? new Fault(found.refusal) : undefined;
  return { value, fault, freshness: value === undefined && heard === "fresh" ? "waiting" : heard };
}
