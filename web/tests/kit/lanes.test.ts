import { describe, expect, it } from "vitest";
import { moved, stepped, zoomed, type LaneOf } from "../../src/kit/lanes";

const HOUR = 3_600_000;
const whole = { from_ms: 0, until_ms: 8 * HOUR };

describe("what is seen of the lanes", () => {
  it("keeps the time under the finger in its place while zooming", () => {
    const seen = zoomed(whole, whole, 0.5, 2 * HOUR);
    expect(seen).toEqual({ from_ms: HOUR, until_ms: 5 * HOUR });
    expect((2 * HOUR - seen.from_ms) / (seen.until_ms - seen.from_ms)).toBe(0.25);
  });

  it("never leaves the window, is never wider than it, nor closer than a minute", () => {
    expect(zoomed({ from_ms: HOUR, until_ms: 5 * HOUR }, whole, 100, HOUR)).toEqual(whole);
    expect(moved({ from_ms: HOUR, until_ms: 2 * HOUR }, whole, -9 * HOUR)).toEqual({ from_ms: 0, until_ms: HOUR });
    expect(moved({ from_ms: HOUR, until_ms: 2 * HOUR }, whole, 99 * HOUR)).toEqual({ from_ms: 7 * HOUR, until_ms: 8 * HOUR });
    const close = zoomed(whole, whole, 1e-9, 4 * HOUR);
    expect(close.until_ms - close.from_ms).toBe(60_000);
  });
});

describe("the lanes by keyboard", () => {
  const lanes: LaneOf[] = [
    { id: "saw", name: "Saw", stretches: [[0, 10, "running", "producing"], [10, 20, "blocked", "blocked"], [20, 30, "down", "no_reason"], [30, 40, "running", "producing"]] },
    { id: "mill", name: "Mill", stretches: [[0, 25, "running", "producing"], [25, 40, "down", "tooling"]] },
  ];

  it("begin at the ends and go on by one", () => {
    const first = stepped(lanes, undefined, "ArrowRight", false);
    expect(first?.stretch[0]).toBe(0);
    expect(stepped(lanes, first, "ArrowRight", false)?.stretch[0]).toBe(10);
    expect(stepped(lanes, first, "ArrowLeft", false)).toBe(first);
  });

  it("jump with Ctrl to what stands out", () => {
    expect(stepped(lanes, undefined, "ArrowRight", true)?.stretch[2]).toBe("down");
    const at = { lane: 0, stretch: lanes[0]!.stretches[2]! };
    expect(stepped(lanes, at, "ArrowRight", true)).toBe(at);
  });

  it("find the same time in the next lane and stop at the last", () => {
    const at = { lane: 0, stretch: lanes[0]!.stretches[3]! };
    expect(stepped(lanes, at, "ArrowDown", false)).toEqual({ lane: 1, stretch: lanes[1]!.stretches[1] });
    expect(stepped(lanes, { lane: 1, stretch: lanes[1]!.stretches[0]! }, "ArrowDown", false)?.lane).toBe(1);
  });
});
