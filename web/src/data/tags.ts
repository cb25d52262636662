// Tags: `ADDRESS#NAME`, what they are called, and what the plant file says of them.
import type { PlantView, TagView } from "../contract/views";
import { label, NONE, quantity, t, word } from "../words";
import { nameOf, placeAt } from "./plant";

export interface TagAt {
  /** whole address, `ADDRESS#NAME` */
  tag: string;
  station: string;
  name: string;
  view: TagView;
}

/** The address and the name in a tag. */
export function partsOf(tag: string): [string, string] {
  const at = tag.indexOf("#");
  return at < 0 ? [tag, ""] : [tag.slice(0, at), tag.slice(at + 1)];
}

/** The words for a tag of a station: its label, else what its role means, else its name. */
export function tagWords(view: TagView | undefined, name: string): string {
  if (view && Object.keys(view.label).length) return label(view.label, name);
  return view?.role ? word("role", view.role) : label(undefined, name);
}

/** A tag as the plant file in force has it; undefined: it has none such. */
export function tagAt(plant: PlantView | undefined, tag: string): TagAt | undefined {
  const [station, name] = partsOf(tag);
  const view = placeAt(plant, station).stationView?.tags?.[name];
  return view ? { tag, station, name, view } : undefined;
}

/** The words for a tag with those of its station. */
export function wholeTagWords(plant: PlantView | undefined, tag: string): string {
  const [station, name] = partsOf(tag);
  return `${nameOf(plant, station)} · ${tagWords(tagAt(plant, tag)?.view, name)}`;
}

/** Every tag of the site, in the order of the plant file. */
export function allTags(plant: PlantView | undefined): TagAt[] {
  return Object.entries(plant?.groups ?? {}).flatMap(([group, view]) => {
    const names = [...new Set([...(view.flow ?? []), ...Object.keys(view.stations ?? {})])];
    return names.flatMap((station) =>
      Object.entries(view.stations?.[station]?.tags ?? {}).map(([name, tag]) => ({ tag: `${group}/${station}#${name}`, station: `${group}/${station}`, name, view: tag })),
    );
  });
}

/** Whether all words of a search stand somewhere in a text; case and accents do not matter. */
export function found(text: string, search: string): boolean {
  const plain = (said: string) => said.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const inside = plain(text);
  return plain(search).split(/\s+/).filter(Boolean).every((each) => inside.includes(each));
}

/** A value in words: a state by our name of it, a yes or no as such, else the number with its unit. */
export function valueWords(tag: Pick<TagView, "unit" | "role" | "states"> | undefined, value: { value?: number; text?: string } | undefined): string {
  if (!value) return NONE;
  const raw = value.text || (value.value === undefined ? "" : String(value.value));
  const state = tag?.states?.[raw];
  if (state) return `${word("state", state)} (${raw})`;
  if (tag?.role?.startsWith("permit.") && value.value !== undefined) return t(value.value ? "value.yes" : "value.no");
  return value.text || quantity(value.value, tag?.unit);
}
