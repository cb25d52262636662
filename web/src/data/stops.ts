// Stops as they are shown: what was given here stands at once, before the server has said yes.
import { useEffect } from "react";
import type { PlantView, ReasonGiven, StopsView, StopView } from "../contract/views";
import { act } from "./ask";
import { cell, useCell } from "./cell";
import { asFault, type Fault } from "./fault";
import { reasonAt } from "./plant";
import { useWatched, type Watched } from "./watched";

/** What became of an act on a stop. */
export type Outcome =
  | { kind: "done" }
  | { kind: "conflict"; theirs?: StopView; fault: Fault }
  | { kind: "fault"; fault: Fault };

/** What was given or taken back, by id of the stop. */
type Given = Readonly<Record<string, Partial<StopView>>>;

const given = cell<Given>({});

/** After this what was given is no longer shown in place of what the server says. */
const SHOWN_MS = 15_000;

function forget(id: string): void {
  const { [id]: _gone, ...rest } = given.get();
  given.set(rest);
}

const agrees = (stop: StopView, said: Partial<StopView> | undefined): boolean => (stop.reason ?? "") === (said?.reason ?? "");

/** The view with what was given or taken back here and is not in it yet. */
export function withGiven(view: StopsView, of: Given): StopsView {
  const ids = Object.keys(of).filter((id) => view.stops?.[id] && !agrees(view.stops[id], of[id]));
  if (!ids.length) return view;
  const stops = { ...view.stops };
  for (const id of ids) {
    const stop = stops[id];
    if (stop) stops[id] = { ...stop, ...of[id] };
  }
  const others = (view.waiting ?? []).filter((id) => !ids.includes(id));
  const again = ids.filter((id) => stops[id]?.unexplained);
  return { ...view, stops, waiting: [...again, ...others] };
}

/** Watch the stops of a place over a window. */
export function useStops(path: string | undefined): Watched<StopsView> {
  const found = useWatched<StopsView>(path);
  const mine = useCell(given);
  const view = found.value;
  useEffect(() => {
    for (const [id, said] of Object.entries(given.get())) {
      const stop = view?.stops?.[id];
      if (stop && agrees(stop, said)) forget(id);
    }
  }, [view]);
  return found.value ? { ...found, value: withGiven(found.value, mine) } : found;
}

async function outcome<T>(acting: Promise<T>, then?: (answer: T) => void): Promise<Outcome> {
  try {
    then?.(await acting);
    return { kind: "done" };
  } catch (error) {
    const fault = asFault(error);
    if (fault.status !== 409) return { kind: "fault", fault };
    return { kind: "conflict", theirs: fault.state as StopView | undefined, fault };
  }
}

const path = (id: string, what: string): string => `/api/stops/${encodeURIComponent(id)}/${what}`;

/** Show this of a stop until the server says the same, or for so long. */
function put(id: string, said: Partial<StopView>): void {
  given.set({ ...given.get(), [id]: said });
  setTimeout(() => {
    if (given.get()[id] === said) forget(id);
  }, SHOWN_MS);
}

/** Give the reason of a stop. */
export async function giveReason(id: string, reason: ReasonGiven): Promise<Outcome> {
  put(id, { reason: reason.code, comment: reason.comment, unexplained: false, suggested: undefined });
  const found = await outcome(act<StopView>("POST", path(id, "reason"), reason), (stop) => put(id, stop));
  if (found.kind !== "done") forget(id);
  return found;
}

/** Take back the last change of a stop. */
export async function undoStop(id: string): Promise<Outcome> {
  return outcome(act<StopsView>("POST", path(id, "undo")), (view) => {
    const stop = view.stops?.[id];
    if (stop) put(id, { reason: undefined, by: undefined, comment: undefined, unexplained: false, ...stop });
    else forget(id);
  });
}

/** Cut a stop in two. */
export const splitStop = (id: string, at_ms: number, first: ReasonGiven, second: ReasonGiven): Promise<Outcome> =>
  outcome(act<StopsView>("POST", path(id, "split"), { at_ms, first, second }));

/** Make one stop of several of one station. */
export const mergeStops = (stops: readonly string[], reason: ReasonGiven): Promise<Outcome> =>
  outcome(act<StopView>("POST", "/api/stops/merge", { stops, reason }));

/** Whether a code is a reason of the plant; else it is a category of time. */
export const isReason = (plant: PlantView | undefined, code: string): boolean =>
  Object.values(plant?.reasons ?? {}).some((tree) => reasonAt(tree, code));

/** Reasons that people gave in a view, the latest first, each once. */
export function recentReasons(view: StopsView | undefined, station: string, most = 3): string[] {
  const said = Object.values(view?.stops ?? {}).filter((stop) => stop.reason && stop.by);
  const near = (stop: StopView) => (stop.address === station ? 1 : 0);
  said.sort((one, other) => near(other) - near(one) || other.from_ms - one.from_ms);
  return [...new Set(said.map((stop) => stop.reason ?? ""))].slice(0, most);
}
