import { describe, expect, it } from "vitest";
import type { StopsView, StopView } from "../../src/contract/views";
import { recentReasons, stepShift, whoWords, withGiven } from "../../src/data";

const stop = (over: Partial<StopView>): StopView => ({ address: "n/m/b/mill", from_ms: 0, s: 60, state: "down", category: "no_reason", ...over });
const view = (stops: Record<string, StopView>, waiting: string[] = []): StopsView =>
  ({ address: "n/m/b", window: { from_ms: 0, until_ms: 9 }, stops, waiting });

describe("what was given here", () => {
  const before = view({ a: stop({ unexplained: true }), b: stop({ reason: "tool" }) }, ["a"]);

  it("stands at once, and the stop waits no more", () => {
    const after = withGiven(before, { a: { reason: "tool", comment: "again", unexplained: false } });
    expect(after.stops?.a).toMatchObject({ reason: "tool", comment: "again", unexplained: false });
    expect(after.waiting).toEqual([]);
    expect(before.waiting).toEqual(["a"]);
  });

  it("changes nothing once the server says the same, nor for a stop that is not shown", () => {
    expect(withGiven(before, { b: { reason: "tool" } })).toBe(before);
    expect(withGiven(before, { gone: { reason: "tool" } })).toBe(before);
  });
});

it("what was taken back waits again at once", () => {
  const before = view({ b: stop({ reason: "tool", by: "p1" }) });
  const after = withGiven(before, { b: { reason: undefined, by: undefined, unexplained: true } });
  expect(after.stops?.b?.reason).toBeUndefined();
  expect(after.waiting).toEqual(["b"]);
});

describe("reasons given last", () => {
  it("come each once, those of the same station first, and only what somebody gave", () => {
    const all = view({
      a: stop({ reason: "old", by: "p1", from_ms: 1 }), b: stop({ reason: "new", by: "p1", from_ms: 5 }), c: stop({ reason: "new", by: "p2", from_ms: 3 }),
      d: stop({ address: "n/m/b/saw", reason: "far", by: "p1", from_ms: 9 }), e: stop({ reason: "nobody" }),
    });
    expect(recentReasons(all, "n/m/b/mill")).toEqual(["new", "old", "far"]);
    expect(recentReasons(all, "n/m/b/mill", 1)).toEqual(["new"]);
    expect(recentReasons(undefined, "n/m/b/mill")).toEqual([]);
  });
});

describe("steps from shift to shift", () => {
  const shifts = ["day", "evening", "night"];
  const at = (shift: string) => ({ kind: "date", date: "2026-11-25", shift }) as const;

  it("go round within the day, then to the next one", () => {
    expect(stepShift(at("day"), 1, shifts, "2026-11-26")).toEqual(at("evening"));
    expect(stepShift(at("night"), 1, shifts, "2026-11-26")).toEqual({ kind: "date", date: "2026-11-26", shift: "day" });
    expect(stepShift(at("day"), -1, shifts, "2026-11-26")).toEqual({ kind: "date", date: "2026-11-24", shift: "night" });
  });

  it("leave days and unknown shifts to the days", () => {
    expect(stepShift({ kind: "day" }, -1, shifts, "2026-11-26")).toEqual({ kind: "date", date: "2026-11-25" });
  });
});

it("people are called by what one knows of them", () => {
  expect(whoWords("p1", "p1")).toBe("you");
  expect(whoWords("machine", "p1")).toBe("the machine");
  expect(whoWords("p2", "p1")).toBe("person p2");
  expect(whoWords("p2", "p1", { p2: "Ana" })).toBe("Ana");
  expect(whoWords(undefined, "p1")).toBe("");
});
