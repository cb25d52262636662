import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import type { BarView, HoursView, StopsView, StopView } from "../../src/contract/views";
import { eventsOf, printed } from "../../src/pages/losses/fall";
import { kpiWords } from "../../src/pages/losses/indicators";
import { HourTable, whenOf } from "../../src/pages/hours/table";
import { withActed } from "../../src/pages/report/Report";
import { stopAt } from "../../src/pages/stops/Stops";
import { causeWords, isOf, NO_REASON } from "../../src/pages/stops/weights";
import { en, es, fr, zh } from "./words";

const HOUR = 3_600_000;
const stop = (over: Partial<StopView>): StopView => ({ address: "n/m/b/mill", from_ms: 0, s: 60, state: "down", category: "no_reason", ...over });

describe("hours", () => {
  const window = { from_ms: 0, until_ms: 3 * HOUR, open: true, watermark_ms: 1.5 * HOUR };
  const hour = (at: number) => ({ from_ms: at * HOUR, until_ms: (at + 1) * HOUR, planned_s: 3600, target: 60 });

  it("are over, open or to come by how far they are counted, and all over in a closed window", () => {
    expect([0, 1, 2].map((at) => whenOf(hour(at), window))).toEqual(["over", "open", "coming"]);
    expect(whenOf(hour(2), { from_ms: 0, until_ms: 3 * HOUR })).toBe("over");
  });

  it("show the numbers of the server and ask for a reason where the hour is red", () => {
    const view: HoursView = { address: "n/m/b", window, hours: [
      { ...hour(0), good: 41, scrap: 2, gap: -19, red: true, reason: "speed_loss" }, { ...hour(1), good: 30, gap: -19 }, hour(2),
    ] };
    const drawn = renderToStaticMarkup(<HourTable view={view} words={() => ""} onOpen={vi.fn()} />);
    expect(drawn).toContain(">41<");
    expect(drawn).toContain("-19");
    expect(drawn.match(/Say why/g)).toHaveLength(1);
    expect(drawn).toContain("still going on");
    expect(drawn).toContain("–"); // what has not come is not 0
  });
});

describe("losses", () => {
  const bar: BarView = { code: "blocked", s: 30, left_s: 0, percent: "1.5", group: "blocked", stops: ["n.m.b.mill~x"] };
  const lanes = { "n/m/b/mill": [[0, 10_000, "running", "producing"], [10_000, 40_000, "blocked", "blocked"]] as [number, number, string, string][], "n/m/b/saw": [[0, 9, "blocked", "blocked"]] as [number, number, string, string][] };

  it("print the percent of the server digit by digit", () => {
    expect(printed("33.4")).toBe("33.4%");
    expect(printed("0.1")).toBe("0.1%");
    expect(printed("-0.3")).toBe("-0.3%");
    expect(printed("57.3")).toBe("57.3%");
  });

  it("open the stops behind a bar, else the stretches of the stations whose time it is", () => {
    expect(eventsOf({ ...bar, stops: ["x"] }, { x: stop({ from_ms: 7 }) }).map((row) => row.from_ms)).toEqual([7]);
    expect(eventsOf(bar, {}, lanes, ["n/m/b/mill"])).toEqual([{ id: "n/m/b/mill~10000", address: "n/m/b/mill", from_ms: 10_000, until_ms: 40_000, s: 30 }]);
    expect(eventsOf({ ...bar, stops: [] }, {}, lanes, [])).toEqual([]);
  });

  it("write each indicator in its unit, and an undefined one not as 0", () => {
    expect(kpiWords("oee", 0.8134)).toBe("81.3%");
    expect(kpiWords("mttr_h", 0.5)).toBe("30 min 00 s");
    expect(kpiWords("throughput_rate_per_h", 51.26)).toBe("51.3 per h");
    expect(kpiWords("mtbf_h", undefined)).toBe("–");
  });
});

describe("stops", () => {
  it("are found under a stretch of their station, also while they go on", () => {
    const view: StopsView = { address: "n/m/b", window: { from_ms: 0, until_ms: 9 }, stops: { a: stop({ from_ms: 5, until_ms: 9 }), b: stop({ from_ms: 20 }), c: stop({ address: "n/m/b/saw", from_ms: 5, until_ms: 9 }) } };
    expect(stopAt(view, "n/m/b/mill", 5)).toBe("a");
    expect(stopAt(view, "n/m/b/mill", 9)).toBeUndefined();
    expect(stopAt(view, "n/m/b/mill", 99)).toBe("b");
    expect(stopAt(view, "n/m/b/saw", 6)).toBe("c");
  });

  it("belong to the row of their reason, else of their category", () => {
    expect(isOf(stop({ reason: "tool", category: "tooling" }), "tool")).toBe(true);
    expect(isOf(stop({ reason: "tool", category: "tooling" }), "tooling")).toBe(false);
    expect(isOf(stop({}), NO_REASON)).toBe(true);
    expect(isOf(stop({ category: "unknown" }), "unknown")).toBe(true);
    expect(causeWords(undefined, "")).toBe("no reason given");
    expect(causeWords(undefined, "micro_stop")).toBe("micro-stops");
  });
});

describe("the report", () => {
  const window = { from_ms: 0, until_ms: 9 };
  const report = { address: "n/m/b", window, shift: "day", note: "old", note_ms: 5 };

  it("shows a note and a signature at once, and never an older one over a newer", () => {
    const acted = { ...report, note: "new", note_ms: 6, signed_by: "p1", signed_ms: 7 };
    expect(withActed(report, acted)).toMatchObject({ note: "new", signed_by: "p1" });
    expect(withActed({ ...report, note: "theirs", note_ms: 8 }, acted)).toMatchObject({ note: "theirs", signed_by: "p1" });
    expect(withActed(report, { ...acted, window: { from_ms: 1, until_ms: 9 } })).toBe(report);
  });
});

describe("words", () => {
  const bars = ["calendar", "no_shift", "no_order", "no_operator", "meal", "meeting", "maintenance", "cleaning", "change_over", "trial", "approval", "breakdown", "tooling",
    "material", "quality", "program", "utilities", "other", "no_reason", "micro_stop", "blocked", "starved", "set_up", "unknown", "speed_loss", "no_standard_time", "scrap", "rework", "unjudged", "fully_productive"];

  it("say in every language what each bar is", () => {
    for (const words of [en, es, fr, zh]) expect(bars.filter((bar) => !words[`def.${bar}`] || !words[`category.${bar}`])).toEqual([]);
  });
});
