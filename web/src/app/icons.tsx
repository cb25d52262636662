// Signs of the navigation: one line each, drawn in the colour of the text.
import type { ReactNode } from "react";

const sign = (d: string): ReactNode => (
  <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
    <path d={d} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);

export const ICONS = {
  sites: sign("M3 21h18M5 21V9l5 3V9l5 3V5h4v16"),
  line: sign("M2 9h6v6H2zM9 12h6M16 9h6v6h-6zM13 10l2 2-2 2"),
  hours: sign("M12 3a9 9 0 1 0 .01 0M12 7v5l4 2"),
  losses: sign("M4 4v16h16M8 6v6M12 9v6M16 13v5"),
  stops: sign("M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9l6 6M15 9l-6 6"),
  alarms: sign("M12 3 22 20H2zM12 10v4M12 17v.5"),
  calls: sign("M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"),
  report: sign("M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3"),
  andon: sign("M3 4h18v12H3zM8 20h8M7 8h4v4H7zM14 8h3M14 12h3"),
  cases: sign("M11 4a7 7 0 1 0 .01 0M16 16l5 5M8 11l2.2 2.2L14.5 9"),
  trend: sign("M3 20V4M3 20h18M6 15l4-5 4 3 6-8"),
  station: sign("M4 20V8h10v12M14 12h6v8M7 12h4M7 16h4M6 8V4h6v4"),
  namespace: sign("M4 5h6M4 5v14h6M4 12h6M14 5h6M14 12h6M14 19h6"),
  connections: sign("M9 7V3M15 7V3M7 7h10v4a5 5 0 0 1-10 0zM12 16v5"),
  audit: sign("M5 3h14v18H5zM8 8h8M8 12h8M8 16h4"),
  people: sign("M8 11a3.5 3.5 0 1 0-.01 0M2 20c0-4 3-6 6-6s6 2 6 6M16 11a3 3 0 1 0 0-6M17 14c3 0 5 2 5 6"),
} as const;

export type IconName = keyof typeof ICONS;
