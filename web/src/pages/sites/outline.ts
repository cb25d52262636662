// Coasts and borders of North America, drawn by hand to about a degree: enough to know where one is.
export type Spot = readonly [longitude: number, latitude: number];

const PACIFIC: readonly Spot[] = [
  [-130.3, 54.8], [-128.2, 52.2], [-127.6, 50.9], [-124.7, 48.4], [-124.1, 46.3], [-124.5, 42.8], [-124.3, 40.4], [-123.0, 38.3],
  [-122.5, 37.6], [-121.9, 36.6], [-120.6, 34.6], [-118.5, 34.0], [-117.1, 32.5], [-116.0, 30.4], [-114.2, 28.2], [-115.0, 27.8],
  [-113.2, 26.6], [-112.2, 25.2], [-111.9, 24.5], [-110.3, 23.4], [-109.5, 23.1], [-110.5, 24.4], [-111.4, 26.1], [-112.8, 28.4],
  [-114.6, 30.3], [-114.8, 31.8], [-113.2, 31.2], [-112.2, 29.4], [-111.0, 27.9], [-109.4, 25.8], [-106.5, 23.2], [-105.4, 21.5],
  [-105.6, 20.4], [-104.3, 19.1], [-102.2, 17.9], [-99.9, 16.8], [-96.5, 15.7], [-95.0, 16.2], [-92.2, 14.5],
];
const ATLANTIC: readonly Spot[] = [
  [-88.3, 18.5], [-87.4, 20.2], [-87.0, 21.5], [-90.3, 21.1], [-90.6, 19.8], [-91.8, 18.6], [-94.4, 18.1], [-96.1, 19.2],
  [-97.7, 22.2], [-97.2, 25.9], [-97.2, 27.7], [-94.7, 29.4], [-91.5, 29.4], [-89.2, 29.1], [-88.9, 30.4], [-86.5, 30.4],
  [-84.1, 30.1], [-82.8, 29.0], [-82.7, 27.7], [-81.8, 26.1], [-81.0, 25.2], [-80.1, 25.9], [-80.6, 28.4], [-81.4, 30.5],
  [-80.9, 32.0], [-78.0, 33.9], [-75.6, 35.2], [-76.0, 36.9], [-75.1, 38.5], [-74.0, 40.5], [-71.9, 41.3], [-70.0, 41.8],
  [-70.8, 42.8], [-69.0, 44.1], [-67.0, 44.8], [-65.9, 43.6], [-63.5, 44.6], [-60.1, 46.0], [-64.5, 46.2], [-64.8, 47.8],
  [-64.4, 48.9], [-68.5, 48.5], [-71.2, 46.9], [-68.5, 49.1], [-66.5, 50.2], [-60.0, 50.2], [-56.0, 51.8], [-57.5, 54.8],
];
const NORTH_BORDER: readonly Spot[] = [
  [-124.7, 48.4], [-123.0, 49.0], [-95.2, 49.0], [-94.6, 48.7], [-89.6, 48.0], [-88.4, 48.3], [-84.6, 46.5], [-82.5, 45.3],
  [-82.4, 43.0], [-83.1, 42.2], [-81.2, 42.0], [-78.9, 42.9], [-79.1, 43.4], [-76.4, 44.1], [-74.7, 45.0], [-71.5, 45.0],
  [-70.3, 45.9], [-69.2, 47.4], [-67.8, 47.1], [-67.8, 45.7], [-67.0, 44.8],
];
const SOUTH_BORDER: readonly Spot[] = [
  [-117.1, 32.5], [-114.7, 32.7], [-114.8, 32.5], [-111.1, 31.3], [-108.2, 31.3], [-108.2, 31.8], [-106.5, 31.8], [-104.5, 29.6],
  [-103.1, 29.0], [-102.3, 29.9], [-101.4, 29.8], [-100.5, 28.7], [-99.5, 27.5], [-99.1, 26.4], [-97.2, 25.9],
];
const ISTHMUS: readonly Spot[] = [
  [-92.2, 14.5], [-91.7, 16.1], [-90.5, 16.1], [-91.4, 17.2], [-91.0, 17.8], [-89.2, 17.8], [-88.3, 18.5],
];

export const OUTLINE: readonly (readonly Spot[])[] = [PACIFIC, ATLANTIC, NORTH_BORDER, SOUTH_BORDER, ISTHMUS];

/** What is drawn: a part of the globe, and where on it each place stands, in px. */
export interface Plane {
  width: number;
  height: number;
  at: (spot: Spot) => readonly [x: number, y: number];
  /** lines of longitude and latitude, and how far apart they are */
  meridians: readonly number[];
  parallels: readonly number[];
}

/** Least part of the globe that is shown, degrees: places of one city do not fill a map. */
const SPAN_MIN = 6;

const MARGIN = 0.28;

/** A plane on which all spots stand, with room around them; degrees east are narrower up north. */
export function planeOf(spots: readonly Spot[], width: number, height: number): Plane {
  const [xs, ys] = [spots.map(([x]) => x), spots.map(([, y]) => y)];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const middle: Spot = [(west + east) / 2, (south + north) / 2];
  const narrow = Math.max(0.2, Math.cos((middle[1] * Math.PI) / 180));
  const wide = Math.max(east - west, SPAN_MIN) * (1 + 2 * MARGIN) * narrow;
  const tall = Math.max(north - south, SPAN_MIN) * (1 + 2 * MARGIN);
  const scale = Math.min(width / wide, height / tall);
  const at = ([x, y]: Spot) => [width / 2 + (x - middle[0]) * narrow * scale, height / 2 - (y - middle[1]) * scale] as const;
  const [half_x, half_y] = [width / 2 / narrow / scale, height / 2 / scale];
  const step = [1, 2, 5, 10, 20, 45].find((each) => (2 * half_y) / each <= 6) ?? 45;
  const lines = (from: number, until: number) =>
    Array.from({ length: Math.max(0, Math.floor(until / step) - Math.ceil(from / step) + 1) }, (_, n) => (Math.ceil(from / step) + n) * step);
  return { width, height, at, meridians: lines(middle[0] - half_x, middle[0] + half_x), parallels: lines(middle[1] - half_y, middle[1] + half_y) };
}

/** Heights of labels that are not closer than a line, in the order in which they came. */
export function apart(heights: readonly number[], line: number): number[] {
  const order = heights.map((_, index) => index).sort((one, other) => heights[one]! - heights[other]!);
  const found = [...heights];
  order.forEach((index, place) => {
    const above = place ? found[order[place - 1]!]! + line : -Infinity;
    found[index] = Math.max(heights[index]!, above);
  });
  return found;
}
