// Every page: where it lies, what it is about, and where the navigation shows it. A row is a page.
import type { ComponentType } from "react";
import type { Key } from "../words";
import type { IconName } from "./icons";

/** What a page is given: the address in the path, which is of the kind that the page is about. */
export interface PageProps {
  address: string;
}

/** What the address of a page is: nothing, a line or work centre, a station, or an id. */
export type About = "nothing" | "group" | "station" | "id";

export interface PageRow {
  title: Key;
  about: About;
  icon: IconName;
  /** group of the navigation; left out: reached from other pages */
  nav?: "overview" | "line" | "detail" | "house";
  /** stands in the bottom bar of phones */
  first?: boolean;
  /** fills the whole screen without navigation */
  whole?: boolean;
  /** permission without which it is not offered */
  permission?: string;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
}

/** By the first part of the path. */
export const PAGES: Readonly<Record<string, PageRow>> = {
  sites: { title: "nav.sites", about: "nothing", icon: "sites", nav: "overview", first: true, load: () => import("../pages/sites/Sites") },
  cases: { title: "nav.cases", about: "id", icon: "cases", nav: "overview", load: () => import("../pages/cases/Cases") },
  line: { title: "nav.line", about: "group", icon: "line", nav: "line", first: true, load: () => import("../pages/line/Line") },
  hours: { title: "nav.hours", about: "group", icon: "hours", nav: "line", first: true, load: () => import("../pages/hours/Hours") },
  losses: { title: "nav.losses", about: "group", icon: "losses", nav: "line", load: () => import("../pages/losses/Losses") },
  stops: { title: "nav.stops", about: "group", icon: "stops", nav: "line", first: true, load: () => import("../pages/stops/Stops") },
  alarms: { title: "nav.alarms", about: "group", icon: "alarms", nav: "line", load: () => import("../pages/alarms/Alarms") },
  calls: { title: "nav.calls", about: "group", icon: "calls", nav: "line", load: () => import("../pages/calls/Calls") },
  report: { title: "nav.report", about: "group", icon: "report", nav: "line", load: () => import("../pages/report/Report") },
  andon: { title: "nav.andon", about: "group", icon: "andon", nav: "line", whole: true, load: () => import("../pages/andon/Andon") },
  station: { title: "nav.station", about: "station", icon: "station", nav: "detail", load: () => import("../pages/station/Station") },
  trend: { title: "nav.trend", about: "nothing", icon: "trend", nav: "detail", load: () => import("../pages/trend/Trend") },
  namespace: { title: "nav.namespace", about: "nothing", icon: "namespace", nav: "house", load: () => import("../pages/namespace/Namespace") },
  connections: { title: "nav.connections", about: "nothing", icon: "connections", nav: "house", load: () => import("../pages/connections/Connections") },
  people: { title: "nav.people", about: "nothing", icon: "people", nav: "house", load: () => import("../pages/people/People") },
};
