// Light or dark: as the system says, unless the person has chosen.
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEPT = "linewright.theme";
const listeners = new Set<() => void>();
const DARK = "(prefers-color-scheme: dark)";
const dark = typeof matchMedia === "undefined" ? undefined : matchMedia(DARK);
/** As the system said last. Kept, because a query that is read between a change and its event may swallow the event. */
let isDark = typeof matchMedia === "undefined" ? false : matchMedia(DARK).matches;

export function chosenTheme(): Theme {
  const found = typeof localStorage === "undefined" ? null : localStorage.getItem(KEPT);
  return found === "light" || found === "dark" ? found : "system";
}

const shown = (): "light" | "dark" => {
  const chosen = chosenTheme();
  return chosen === "system" ? (isDark ? "dark" : "light") : chosen;
};

function apply(): void {
  document.documentElement.dataset.theme = shown();
  for (const each of listeners) each();
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  apply();
}

/** Begin: colours now, and again when the system changes. */
export function startTheme(): void {
  apply();
  dark?.addEventListener("change", (event) => {
    isDark = event.matches;
    apply();
  });
}

/** What is shown; canvases draw anew when it changes. */
export const useTheme = (): "light" | "dark" =>
  useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), shown);
