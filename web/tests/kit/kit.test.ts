import { describe, expect, it } from "vitest";
import { columnsFor } from "../../src/pages/andon/tiles";
import { inTurn, stageMark, type CaseNow } from "../../src/pages/cases/view";
import { running } from "../../src/kit/bars";
import { stepsOf } from "../../src/kit/band";
import { beyond, rangeOf } from "../../src/kit/figures";
import { lookOf, STATES } from "../../src/kit/states";
import { stretchAt, ticksOf, type Stretch } from "../../src/kit/strip";
import { inOrder } from "../../src/kit/table";
import en from "../../src/words/en.json";

describe("states", () => {
  it("each have a shape, a letter and a word of their own, so that colour is never alone", () => {
    const words = en as Record<string, unknown>;
    for (const name of ["shape", "colour"] as const) expect(new Set(STATES.map((state) => lookOf(state)[name])).size).toBe(STATES.length);
    expect(new Set(STATES.map((state) => words[`state.${state}`])).size).toBe(STATES.length);
    for (const state of STATES) expect(words[`letter.${state}`]).toMatch(/^.$/u);
  });

  it("that are not known look unknown, never well", () => {
    expect(lookOf("exploded")).toBe(lookOf("unknown"));
    expect(lookOf(undefined).abnormal).toBe(true);
  });
});

describe("a value in its range", () => {
  it("is beyond the outermost limit that it passes", () => {
    const limits = { low: 1, high: 80, high_high: 95 };
    expect([0, 1, 80, 81, 95, 96].map((value) => beyond(value, limits))).toEqual(["low", undefined, undefined, "high", "high", "high_high"]);
    expect(beyond(undefined, limits)).toBeUndefined();
  });

  it("is drawn on a range that holds it, also outside the sensor's", () => {
    expect(rangeOf([160], [0, 150])).toEqual([0, 160]);
    expect(rangeOf([undefined])[0]).toBeLessThan(rangeOf([undefined])[1]);
  });
});

describe("lists and lanes", () => {
  it("a table puts rows without a value last, whichever way it is sorted", () => {
    const rows = [{ s: 2 }, {}, { s: 10 }] as { s?: number }[];
    expect(inOrder(rows, (row) => row.s, false).map((row) => row.s)).toEqual([2, 10, undefined]);
    expect(inOrder(rows, (row) => row.s, true).map((row) => row.s)).toEqual([10, 2, undefined]);
  });

  it("a stretch is found by its time, its end not included", () => {
    const lane: Stretch[] = [[0, 10, "running", "producing"], [10, 20, "down", "no_reason"], [30, 40, "idle", "no_order"]];
    expect([0, 9, 10, 20, 25, 39, 40, -1].map((at) => stretchAt(lane, at)?.[2])).toEqual(["running", "running", "down", undefined, undefined, "idle", undefined, undefined]);
  });

  it("the running share of a Pareto ends at one", () => {
    expect(running([{ value: 6 }, { value: 3 }, { value: 1 }])).toEqual([0.6, 0.9, 1]);
    expect(running([{ value: 0 }])).toEqual([0]);
  });

  it("axes have few even steps", () => {
    expect(ticksOf(0, 8 * 3_600_000).length).toBeLessThanOrEqual(9);
    expect(stepsOf(0, 437)).toEqual([0, 100, 200, 300, 400]);
    expect(stepsOf(0.1, 0.34)).toHaveLength(5);
  });
});

describe("pages", () => {
  it("the board fills its room: four stations stand two by two", () => {
    expect([1, 4, 20].map((tiles) => columnsFor(tiles, false))).toEqual([1, 2, 4]);
  });

  it("a case that waits for a person stands first, closed ones last", () => {
    const one = (id: string, stage: string, can_confirm: boolean) => ({ id, stage, can_confirm, passed: ["open"] }) as unknown as CaseNow;
    const cases = [one("a", "closed", false), one("b", "verifying", false), one("c", "proposed", true)];
    expect(inTurn(cases).map((each) => each.id)).toEqual(["c", "b", "a"]);
    expect(["open", "diagnosed", "proposed", "granted"].map((stage) => stageMark(cases[2] as CaseNow, stage))).toEqual(["done", "over", "now", "ahead"]);
  });
});
