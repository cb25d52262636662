import { describe, expect, it } from "vitest";
import type { TrendView } from "../../src/contract/views";
import { pieceLong, piecesOf, SHORTEST_MS, traceOf, valueAt, VIEW_MS, withLive, zoomedView } from "../../src/data/tiles";

const piece = (from_ms: number, more: Partial<TrendView> = {}): TrendView => ({ tag: "a/b/c/d#e", from_ms, until_ms: from_ms + 100, ...more });

describe("pieces of a trend", () => {
  it("cover every view wholly, two at most, with one more on each side", () => {
    for (let n = 0; n < 400; n += 1) {
      const long_ms = 1000 * 1.13 ** (n % 90);
      const view = { from_ms: 1e12 + n * 7_777_777, until_ms: 1e12 + n * 7_777_777 + long_ms };
      const long = pieceLong(long_ms);
      const starts = piecesOf(view, long, Infinity);
      const seen = starts.filter((at) => at < view.until_ms && at + long > view.from_ms).sort((a, b) => a - b);
      expect(seen.length).toBeLessThanOrEqual(2);
      expect(seen[0]).toBeLessThanOrEqual(view.from_ms);
      expect((seen.at(-1) ?? 0) + long).toBeGreaterThanOrEqual(view.until_ms);
      expect(new Set(starts).size).toBe(seen.length + 2);
      expect(Math.log2(long / SHORTEST_MS) % 1).toBe(0);
    }
  });

  it("are the same while a view moves inside them, so that moving asks nothing", () => {
    const long = pieceLong(3_600_000);
    const at = (from_ms: number) => piecesOf({ from_ms, until_ms: from_ms + 3_600_000 }, long, Infinity);
    const first = Math.floor(1e12 / long) * long;
    expect(at(first + 1)).toEqual(at(first + 100_000));
    expect(at(first + 3_600_000).filter((each) => !at(first + 1).includes(each)).length).toBeLessThanOrEqual(1);
  });

  it("never lie ahead of now", () => {
    const now = 1e12;
    expect(piecesOf({ from_ms: now - 1000, until_ms: now + 60_000 }, SHORTEST_MS, now).every((each) => each <= now)).toBe(true);
  });

  it("make one trace: gaps stay null, stretches over a seam are one, an alarm of both is one", () => {
    const made = traceOf([
      piece(0, { unit: "degC", t_ms: [0, 50], value: [1, null], bad: [[50, 100, "stale"]], states: [[0, 100, "running", "producing"]], alarms: [[90, null, "high", "medium"]], rows: 5, decimated: true }),
      piece(100, { t_ms: [100, 150], value: [2, 3], bad: [[100, 120, "stale"]], states: [[100, 130, "running", "producing"], [130, 200, "down", "breakdown"]], alarms: [[90, 140, "high", "medium"]], rows: 7 }),
    ]);
    expect(made.value).toEqual([1, null, 2, 3]);
    expect(made.bad).toEqual([[50, 120, "stale"]]);
    expect(made.states).toEqual([[0, 130, "running", "producing"], [130, 200, "down", "breakdown"]]);
    expect(made.alarms).toEqual([[90, 140, "high", "medium"]]);
    expect([made.rows, made.thinned, made.unit]).toEqual([12, true, "degC"]);
  });

  it("take live rows only after what history has", () => {
    const trace = traceOf([piece(0, { t_ms: [0, 50], value: [1, 2] })]);
    expect(withLive(trace, [[40, 9], [50, 9], [60, 3], [70, null]]).value).toEqual([1, 2, 3, null]);
    expect(withLive(trace, [[10, 9]])).toBe(trace);
  });

  it("know the value at a time, and none before the first and in a gap", () => {
    const trace = traceOf([piece(0, { t_ms: [10, 20, 30], value: [1, null, 3] })]);
    expect([5, 10, 19, 20, 29, 30, 99].map((t_ms) => valueAt(trace, t_ms))).toEqual([undefined, 1, 1, null, null, 3, 3]);
  });

  it("are put together fast enough for a million rows thinned to some thousands", () => {
    const t_ms = Array.from({ length: 3000 }, (_, i) => i);
    const views = [0, 3000, 6000, 9000].map((from_ms) => piece(from_ms, { t_ms: t_ms.map((each) => each + from_ms), value: t_ms.map((each) => (each % 97 ? each : null)), rows: 250_000 }));
    const made = traceOf(views);
    expect([made.t_ms.length, made.rows]).toEqual([12_000, 1_000_000]);
  });
});

describe("zooming a view", () => {
  it("keeps the time under the cursor where it is, within bounds", () => {
    const view = zoomedView({ from_ms: 0, until_ms: 10_000 }, 0.5, 2500);
    expect(view).toEqual({ from_ms: 1250, until_ms: 6250 });
    const closest = zoomedView({ from_ms: 0, until_ms: 1500 }, 0.01, 100);
    expect(closest.until_ms - closest.from_ms).toBeCloseTo(VIEW_MS[0]);
  });
});
