// The map and the order of sites.
import { describe, expect, it } from "vitest";
import type { SiteNowView } from "../../src/contract/views";
import { placed } from "../../src/pages/sites/map";
import { isHeard, linkWords, troubleOf } from "../../src/pages/sites/one";
import { apart, OUTLINE, planeOf, type Spot } from "../../src/pages/sites/outline";
import { inOrder } from "../../src/pages/sites/Sites";

const site = (more: Partial<SiteNowView> = {}): SiteNowView => ({ label: {}, timezone: "UTC", link: "fresh", ...more });

describe("the plane", () => {
  const spots: Spot[] = [[-110.9, 31.3], [-87.4, 36.5], [-112.1, 33.4]];

  it("has every place inside, north above south and west left of east", () => {
    const plane = planeOf(spots, 620, 400);
    const [nogales, clarksville, phoenix] = spots.map(plane.at);
    for (const [x, y] of [nogales!, clarksville!, phoenix!]) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(620);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(400);
    }
    expect(clarksville![1]).toBeLessThan(phoenix![1]);
    expect(phoenix![1]).toBeLessThan(nogales![1]);
    expect(phoenix![0]).toBeLessThan(nogales![0]);
  });

  it("does not blow up one city to a whole map, and draws few lines", () => {
    const plane = planeOf([[9, 48], [9.001, 48.001]], 620, 400);
    const [one, other] = [plane.at([9, 48]), plane.at([9.001, 48.001])];
    expect(Math.hypot(one[0] - other[0], one[1] - other[1])).toBeLessThan(1);
    expect(plane.parallels.length).toBeGreaterThan(0);
    expect(plane.parallels.length).toBeLessThan(9);
  });

  it("has an outline whose borders meet the coasts", () => {
    const [pacific, atlantic, north, south, isthmus] = OUTLINE;
    const has = (line: readonly Spot[] | undefined, spot: Spot | undefined) => line?.some(([x, y]) => x === spot?.[0] && y === spot[1]);
    expect(has(pacific, north?.[0])).toBe(true);
    expect(has(atlantic, north?.at(-1))).toBe(true);
    expect(has(pacific, south?.[0])).toBe(true);
    expect(has(atlantic, south?.at(-1))).toBe(true);
    expect(has(pacific, isthmus?.[0])).toBe(true);
    expect(has(atlantic, isthmus?.at(-1))).toBe(true);
  });

  it("keeps labels a line apart, and leaves those that are", () => {
    expect(apart([100, 10, 110], 40)).toEqual([100, 10, 140]);
    expect(apart([5, 5, 5], 10)).toEqual([5, 15, 25]);
  });
});

describe("sites", () => {
  it("come our own first, those that nobody follows last", () => {
    const found = inOrder({ a: site({ link: "none" }), b: site(), c: site({ link: "here" }), d: site({ link: "offline" }) });
    expect(found.map(([name]) => name)).toEqual(["c", "b", "d", "a"]);
  });

  it("stand on the map where the plant file gives them a place", () => {
    expect(placed([["a", site()], ["b", site({ latitude: 1, longitude: 2 })]]).map(([name, , spot]) => [name, spot])).toEqual([["b", [2, 1]]]);
  });

  it("are never calm while nothing is heard", () => {
    expect(troubleOf(site({ age_s: 1 }))).toBe("calm");
    for (const bad of [site(), site({ age_s: 9 }), site({ link: "offline", age_s: 1 }), site({ link: "refused", age_s: 1 })]) expect(troubleOf(bad)).toBe("critical");
    expect(isHeard(site({ link: "refused" }))).toBe(false);
  });

  it("say how fresh they are in words", () => {
    expect(linkWords(site({ age_s: 3 }))).toBe("data 3 s old");
    expect(linkWords(site({ link: "offline", heard_s: 725 }))).toBe("offline for 12 min 05 s");
    expect(linkWords(site({ link: "offline" }))).toBe("offline; not heard yet");
  });
});
