import { describe, expect, it } from "vitest";
import { CLOSED_MS, freshnessOf, LOST_MS, retryAfter, RETRY_MS, STALE_MS } from "../../src/data/freshness";

describe("freshness", () => {
  it("is fresh, then stale, then lost, each at its bound", () => {
    expect(freshnessOf(0)).toBe("fresh");
    expect(freshnessOf(STALE_MS)).toBe("fresh");
    expect(freshnessOf(STALE_MS + 1)).toBe("stale");
    expect(freshnessOf(LOST_MS)).toBe("stale");
    expect(freshnessOf(LOST_MS + 1)).toBe("lost");
  });

  it("says that a silent server is lost within 3 s, also with the time between two looks", () => {
    expect(LOST_MS + 200).toBeLessThan(3000);
  });

  it("gives up a connection that ended sooner than one that is silent", () => {
    expect(freshnessOf(100, 100)).toBe("stale");
    expect(freshnessOf(CLOSED_MS, CLOSED_MS + 1)).toBe("lost");
  });

  it("is waiting, not lost, before the first beat", () => expect(freshnessOf(undefined, 5000)).toBe("waiting"));

  it("tries again for ever, and never slower than the last wait", () => {
    expect(RETRY_MS.map((_, n) => retryAfter(n))).toEqual([...RETRY_MS]);
    expect(retryAfter(1000)).toBe(RETRY_MS.at(-1));
  });
});
