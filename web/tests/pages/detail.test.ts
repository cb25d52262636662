import { describe, expect, it } from "vitest";
import type { PlantView } from "../../src/contract/views";
import { asCsv } from "../../src/kit/copying";
import { seenRows, walked } from "../../src/kit/rows";
import { targetsOf } from "../../src/pages/alarms/targets";
import { inNeed, needs, parted } from "../../src/pages/connections/links";
import { listed, rowsOf, searched } from "../../src/pages/namespace/tree";
import { queryOf, shownOf, withoutTag, withTag } from "../../src/pages/trend/charts";

const TAGS = 10_000;

function large(): PlantView {
  const stations = Object.fromEntries(Array.from({ length: 100 }, (_, s) => [`s${s}`, {
    label: { en: `Station ${s}` }, tags: Object.fromEntries(Array.from({ length: TAGS / 100 }, (__, i) => [`t${i}`, { label: { en: `Signal ${i}` }, unit: "degC" }])),
  }]));
  return { enterprise: "acme", label: {}, rev: "1", site: "reno", simulated: true, groups: { "reno/shop/pump": { label: { en: "Pump line" }, kind: "line", area: "shop", flow: Object.keys(stations), stations } } };
}

describe("charts of trends", () => {
  const units: Record<string, string> = { "a/b/c/d#t": "degC", "a/b/c/d#u": "degC", "a/b/c/d#p": "kW", "a/b/c/d#s": "s", "a/b/c/d#state": "" };
  const unitOf = (tag: string) => units[tag] ?? "";
  const all = Object.keys(units).reduce<string[][]>((charts, tag) => withTag(charts, tag, unitOf), []);

  it("have two units at most, and switches stand apart from what is measured", () => {
    expect(all).toEqual([["a/b/c/d#t", "a/b/c/d#u", "a/b/c/d#p"], ["a/b/c/d#s"], ["a/b/c/d#state"]]);
    expect(withTag(all, "a/b/c/d#t", unitOf)).toEqual(all);
    expect(withoutTag(all, "a/b/c/d#s")).toHaveLength(2);
  });

  it("come back from the address bar as they were written into it", () => {
    for (const shown of [{ charts: all, live_ms: 900_000 }, { charts: all, reach: { from_ms: 1000, until_ms: 5000 } }]) expect(shownOf(new URLSearchParams(queryOf(shown)))).toEqual(shown);
    expect(shownOf(new URLSearchParams("tags=../../etc,<script>&from=9&until=1"))).toEqual({ charts: [], live_ms: 3_600_000 });
  });
});

describe("the namespace", () => {
  const plant = large();
  const all = listed(plant);

  it("has a row for each place and each open tag, also of 10,000 tags", () => {
    expect(all).toHaveLength(TAGS);
    expect(rowsOf(plant, all, "all")).toHaveLength(TAGS + 100 + 3);
    expect(rowsOf(plant, all, new Set(["reno", "reno/shop", "reno/shop/pump"]))).toHaveLength(103);
    expect(rowsOf(plant, all, new Set())).toEqual([{ id: "reno", level: 0, open: false, words: "reno", count: TAGS }]);
  });

  it("finds tags by station and signal, and counts what is found", () => {
    const hits = searched(all, "STATION 77 signal 42");
    expect(hits.map((each) => each.tag)).toContain("reno/shop/pump/s77#t42");
    expect(hits.every((each) => each.text.includes("77") && each.text.includes("42"))).toBe(true);
    expect(rowsOf(plant, hits, "all")[0]?.count).toBe(hits.length);
  });

  it("draws only rows in view and some beside them", () => {
    expect(seenRows(0, 440, 44, TAGS)).toEqual([0, 18]);
    const [first, last] = seenRows(44 * 5000, 440, 44, TAGS);
    expect([first, last]).toEqual([4992, 5018]);
    expect(seenRows(44 * (TAGS - 3), 440, 44, TAGS)[1]).toBe(TAGS);
  });

  it("is walked by keys as a tree is", () => {
    const rows = [{ id: "a", level: 0, open: true }, { id: "b", level: 1, open: false }, { id: "c", level: 1, open: true }, { id: "d", level: 2 }];
    expect([walked(rows, 0, "ArrowDown", 9), walked(rows, 1, "ArrowRight", 9), walked(rows, 2, "ArrowLeft", 9), walked(rows, 3, "ArrowLeft", 9), walked(rows, 0, "End", 9), walked(rows, 3, "x", 9)]).toEqual([1, "open", "close", 2, 3, undefined]);
  });
});

describe("links", () => {
  const link = (state: string, more = {}) => ({ address: "a/b/c/d", protocol: "opcua", endpoint: "opc.tcp://d", state, since_ms: 0, ...more });

  it("that need somebody stand first", () => {
    const view = { links: { a: link("connected"), b: link("untrusted"), c: link("lost"), d: link("connected", { missing: ["x"] }) } };
    expect(inNeed(view).map(([name]) => name)).toEqual(["c", "b", "d", "a"]);
    expect(needs(link("not told"))).toBe("critical");
  });

  it("show fingerprints in groups of four", () => expect(parted("AB:CD:12:34:5")).toBe("ABCD 1234 5"));
});

describe("the alarm report", () => {
  it("judges each figure by its published target, and shares only where there are enough", () => {
    const met = (view: object) => Object.fromEntries(targetsOf({ from_ms: 0, until_ms: 1, ...view }).map((each) => [each.name, each.met]));
    expect(met({ raised: 100, per_10min: 2.5, peak_10min: 11, flood_share: 0.02, chattering: [["a", "b", 3]], priorities: { low: 80, medium: 15, high: 4, critical: 1 } })).toEqual({ per_10min: false, peak_10min: false, flood_share: false, chattering: false, stale: true, low_share: true, medium_share: true, high_share: true });
    expect(met({ raised: 3, priorities: { low: 3 } }).low_share).toBeUndefined();
  });
});

describe("rows as CSV", () => {
  it("are quoted where needed and are no formulas", () => {
    expect(asCsv([["a", 'b "c"', "=1+1"], [1, undefined, "x,y"]])).toBe('a,"b ""c""",\'=1+1\r\n1,,"x,y"\r\n');
  });
});
