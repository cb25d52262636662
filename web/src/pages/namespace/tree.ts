// The tree of the namespace as a flat list of rows: what is open, what a search has found.
import { allTags, found, nameOf, tagWords, type TagAt } from "../../data";
import type { PlantView } from "../../contract/views";

export interface Row {
  id: string;
  level: number;
  open?: boolean;
  words: string;
  /** of a place: how many tags are below */
  count?: number;
  tag?: TagAt;
}

export interface Listed extends TagAt {
  words: string;
  /** what a search looks into */
  text: string;
}

/** Every tag with its words, once for a plant. */
export const listed = (plant: PlantView | undefined): Listed[] =>
  allTags(plant).map((each) => {
    const words = tagWords(each.view, each.name);
    return { ...each, words, text: `${each.tag} ${words} ${nameOf(plant, each.station)} ${each.view.role ?? ""} ${each.view.unit ?? ""}` };
  });

export const searched = (all: readonly Listed[], search: string): readonly Listed[] =>
  search.trim() ? all.filter((each) => found(each.text, search)) : all;

/** The places above a tag, the site first. */
export function placesOf(station: string): string[] {
  const parts = station.split("/");
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Rows in order; below a place that is not open nothing stands. */
export function rowsOf(plant: PlantView | undefined, tags: readonly Listed[], open: ReadonlySet<string> | "all"): Row[] {
  const counts = new Map<string, number>();
  for (const each of tags) for (const place of placesOf(each.station)) counts.set(place, (counts.get(place) ?? 0) + 1);
  const isOpen = (place: string) => open === "all" || open.has(place);
  const rows: Row[] = [];
  let shown: string[] = [];
  for (const each of tags) {
    const places = placesOf(each.station);
    const same = places.findIndex((place, i) => place !== shown[i]);
    for (let i = same < 0 ? places.length : same; i < places.length; i += 1) {
      const place = places[i] ?? "";
      if (places.slice(0, i).every(isOpen)) rows.push({ id: place, level: i, open: isOpen(place), words: nameOf(plant, place), count: counts.get(place) });
    }
    shown = places;
    if (places.every(isOpen)) rows.push({ id: each.tag, level: places.length, words: each.words, tag: each });
  }
  return rows;
}
