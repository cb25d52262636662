// The window of time that a page is about: in the address bar, with all that the picker needs.
import type { WindowView } from "../contract/views";
import { isoDay } from "../words";
import { usePlantNow } from "./clock";
import { usePlant } from "./plant";
import { useQuery } from "./route";
import { parseWindow, stepWindow, windowName, windowQuery, type Window } from "./windows";

/** Once a minute is enough to know which day it is. */
const DAY_LOOK_MS = 60_000;

export interface ChosenWindow {
  /** as in the address bar */
  name: string;
  /** as the server is asked */
  query: Record<string, string | number>;
  /** what `WindowPicker` is given */
  picker: {
    value: string;
    today: string;
    shifts: readonly string[];
    onChange: (name: string) => void;
    onStep: (by: number) => void;
  };
}

/** The window so many shifts on; shifts go round within the day, then the day steps. */
export function stepShift(window: Window, by: number, shifts: readonly string[], today: string): Window {
  const at = window.kind === "date" && window.shift ? shifts.indexOf(window.shift) : -1;
  if (window.kind !== "date" || at < 0) return stepWindow(window, by, today);
  const next = at + by;
  const shift = shifts[((next % shifts.length) + shifts.length) % shifts.length] ?? window.shift;
  const days = Math.floor(next / shifts.length);
  const day = days ? stepWindow({ kind: "date", date: window.date }, days, today) : window;
  return { kind: "date", date: day.kind === "date" ? day.date : today, shift };
}

/** The window in the address bar; `shown` is the one that the server answered with. */
export function useChosenWindow(shown?: WindowView): ChosenWindow {
  const [text, set] = useQuery("window", "shift");
  const plant = usePlant().value;
  const now = usePlantNow(DAY_LOOK_MS);
  const window = parseWindow(text);
  const today = isoDay(now ?? Date.now());
  const shifts = Object.keys(plant?.sites?.[plant.site]?.shifts ?? {});
  const from = window.kind === "shift" && shown?.name ? parseWindow(shown.name) : window;
  return {
    name: windowName(window),
    query: windowQuery(window),
    picker: {
      value: windowName(window),
      today,
      shifts,
      onChange: set,
      onStep: (by) => set(windowName(stepShift(from, by, shifts, today))),
    },
  };
}
