// The plant as applied: names, flows, limits and reasons, from the plant file in force.
import { label, writeAs } from "../words";
import type { GroupView, PlantView, ReasonView, StationView } from "../contract/views";
import { reading } from "./session";
import { useWatched, type Watched } from "./watched";

export const usePlant = (): Watched<PlantView> => {
  const plant = useWatched<PlantView>("/api/plant");
  const site = plant.value?.sites?.[plant.value.site];
  const zone = site?.timezone; // before anything is drawn in a wrong one; the same again costs nothing
  if (zone) writeAs({ zone: reading().zone === "mine" ? browserZone() : zone });
  return plant;
};

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export interface Place {
  /** address of the line or work centre that it is or stands in */
  group?: string;
  view?: GroupView;
  /** name of the station; undefined: the address is no station's */
  station?: string;
  stationView?: StationView;
}

/** What stands at an address. */
export function placeAt(plant: PlantView | undefined, address: string): Place {
  const groups = plant?.groups ?? {};
  if (groups[address]) return { group: address, view: groups[address] };
  const cut = address.lastIndexOf("/");
  const [above, name] = [address.slice(0, cut), address.slice(cut + 1)];
  const view = groups[above];
  const stationView = view?.stations?.[name];
  return view && stationView ? { group: above, view, station: name, stationView } : {};
}

/** The words for an address: the station's or line's label, else its last name. */
export function nameOf(plant: PlantView | undefined, address: string): string {
  const place = placeAt(plant, address);
  const last = address.slice(address.lastIndexOf("/") + 1);
  if (place.stationView) return label(place.stationView.label, last);
  if (place.view) return label(place.view.label, last);
  const [site, area, below] = address.split("/");
  if (below) return label(undefined, last); // not of this revision any more
  if (!area) return label(plant?.sites?.[site ?? ""]?.label, last);
  return label(plant?.sites?.[site ?? ""]?.areas?.[area], last);
}

/** The reason with a code in a tree; undefined where there is none. */
export function reasonAt(
  tree: readonly ReasonView[] | undefined,
  code: string,
): ReasonView | undefined {
  for (const one of tree ?? []) {
    if (one.code === code) return one;
    const below = reasonAt(one.reasons, code);
    if (below) return below;
  }
  return undefined;
}

/** Words for a reason code, from any tree of the plant; the last part of an unknown one. */
export function reasonWords(plant: PlantView | undefined, code: string): string {
  for (const tree of Object.values(plant?.reasons ?? {})) {
    const found = reasonAt(tree, code);
    if (found) return label(found.label, code);
  }
  return code.slice(code.lastIndexOf("/") + 1).replaceAll("_", " ");
}

/** All leaves of a tree, in order. */
export const leaves = (tree: readonly ReasonView[]): ReasonView[] =>
  tree.flatMap((one) => (one.reasons?.length ? leaves(one.reasons) : [one]));
