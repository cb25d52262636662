// Where in the application one is: `/PAGE/ADDRESS?query`, kept in the address bar.
import { cell, useCell } from "./cell";

export interface Route {
  /** first part of the path, such as `line` */
  page: string;
  /** the rest: an address of the plant or an id */
  address: string;
  query: URLSearchParams;
}

/** The route of a path. */
export function routeOf(pathname: string, search: string): Route {
  const [page = "", ...rest] = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  return { page, address: rest.join("/"), query: new URLSearchParams(search) };
}

/** The path of a page; addresses stay readable. */
export function href(page: string, address = "", query: Readonly<Record<string, string | number | undefined>> = {}): string {
  const place = address.split("/").filter(Boolean).map(encodeURIComponent).join("/");
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const tail = asked.map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll("%2F", "/")}`).join("&");
  return `/${page}${place ? `/${place}` : ""}${tail ? `?${tail}` : ""}`;
}

const here = (): Route => routeOf(location.pathname, location.search);
const route = cell<Route>(typeof location === "undefined" ? routeOf("/", "") : here());

export const useRoute = (): Route => useCell(route);

/** Go to another place; `replace`: without a step back in the history. */
export function go(to: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  route.set(here());
  if (!replace) window.scrollTo(0, 0);
}

/** One value of the query, and how to set it; the default leaves the address bar short. */
export function useQuery(name: string, fallback = ""): [string, (value: string) => void] {
  const { page, address, query } = useRoute();
  const value = query.get(name) ?? fallback;
  const set = (next: string) => {
    const all = Object.fromEntries(query);
    if (next === fallback) delete all[name];
    else all[name] = next;
    go(href(page, address, all), true);
  };
  return [value, set];
}

/** Links of the application change the page without loading it anew. */
export function startRouting(): void {
  window.addEventListener("popstate", () => route.set(here()));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin) return;
    if (link.hasAttribute("download") || link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
