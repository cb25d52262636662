// Links in the order in which somebody has to look at them.
import type { LinksView, LinkView } from "../../contract/views";

/** How much a link needs somebody. */
export function needs(link: LinkView): "critical" | "high" | "medium" | "calm" {
  if (link.state === "lost" || link.state === "refused" || link.state === "not told") return "critical";
  if (link.state === "untrusted") return "high";
  if (link.state === "connecting" || link.missing?.length) return "medium";
  return "calm";
}

const RANK = ["critical", "high", "medium", "calm"];

/** What needs somebody first, then by name. */
export const inNeed = (view: LinksView | undefined): [string, LinkView][] =>
  Object.entries(view?.links ?? {}).sort(([a, one], [b, other]) => RANK.indexOf(needs(one)) - RANK.indexOf(needs(other)) || a.localeCompare(b));

/** A fingerprint in groups of four, as people compare it. */
export const parted = (print: string): string => print.replaceAll(":", "").replace(/(.{4})(?=.)/g, "$1 ");
