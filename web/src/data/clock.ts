// Plant time: what the plant's clock shows now, also where it goes faster than ours.
import { useEffect, useReducer } from "react";
import type { ClockView, SitesView } from "../contract/views";
import { LOST_MS } from "./freshness";
import { beat } from "./socket";
import { useWatched } from "./watched";

/** Plant time at a moment of the server's wall clock; undefined where it is not known yet. */
export function plantTime(clock: ClockView | undefined, wall_ms: number): number | undefined {
  if (!clock || clock.t_ms === undefined) return undefined;
  return clock.t_ms + (wall_ms - clock.wall_ms) * (clock.speed ?? 1);
}

/** Wall time of the server now; it does not run on while the server is not heard. */
export function serverNow(): number {
  const { at, offset_ms } = beat.get();
  const silent_ms = at === undefined ? 0 : performance.now() - at;
  return Date.now() + offset_ms - Math.max(0, silent_ms - LOST_MS);
}

/** Draw again each so many ms. */
export function useTick(each_ms = 1000): void {
  const [, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, each_ms);
    return () => clearInterval(timer);
  }, [each_ms]);
}

/** The sites at a glance, with the clock and the services; every page has them. */
export const useSites = () => useWatched<SitesView>("/api/sites");

/** Plant time now, drawn again each second; undefined where it is not known yet. */
export function usePlantNow(each_ms = 1000): number | undefined {
  const clock = useSites().value?.clock;
  useTick(each_ms);
  return plantTime(clock, serverNow());
}
