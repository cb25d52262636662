import { describe, expect, it } from "vitest";
import { DATA_FRESH_MS, isFed, isOfNow } from "../../src/data/freshness";
import { isUnheard, silentFor } from "../../src/data/heard";

const is = { state: "running", seen_ms: 10_000 };

describe("a station that is not heard", () => {
  it("is told after 3 s of silence, not before", () => {
    expect(isUnheard(is, true, 10_000 + DATA_FRESH_MS)).toBe(false);
    expect(isUnheard(is, true, 10_001 + DATA_FRESH_MS)).toBe(true);
    expect(silentFor(is, true, 14_000)).toBe(4000);
  });

  it("is no station that is read from nowhere", () => expect(isUnheard(is, false, 1e9)).toBe(false));

  it("is one whose machine is lost, though its source speaks", () => {
    expect(isUnheard({ ...is, doubts: ["not_connected"] }, true, 10_000)).toBe(true);
    expect(isUnheard({ ...is, doubts: ["out_of_range"] }, true, 10_000)).toBe(false);
  });
});

describe("what comes through", () => {
  const up = { connect: { up: true }, live: { up: true }, history: { up: false } };

  it("needs connect and live, and history not", () => {
    expect(isFed(up)).toBe(true);
    expect(isFed({ ...up, live: { up: false } })).toBe(false);
    expect(isFed({ ...up, connect: { up: false } })).toBe(false);
  });

  it("is not doubted before the services are known", () => expect(isFed(undefined)).toBe(true));

  it("greys what tells of now, not what is over", () => {
    expect(isOfNow("/api/line?address=a/b/c")).toBe(true);
    expect(isOfNow("/api/line/ahead?address=a/b/c")).toBe(false);
    expect(isOfNow("/api/losses?address=a")).toBe(false);
  });
});
