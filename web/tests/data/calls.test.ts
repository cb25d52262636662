import { describe, expect, it } from "vitest";
import type { CallView } from "../../src/contract/views";
import { callFault, callWaits, inCallOrder, nextStep, sinceRaised } from "../../src/data/calls";
import { Fault } from "../../src/data/fault";

const call = (state: string, raised_ms: number, more: Partial<CallView> = {}): CallView => ({ address: "reno/shop/a/saw", kind: "quality", state, raised_ms, ...more });
const who = (id: string | undefined): string => (id ? `Ms ${id}` : "");

describe("calls", () => {
  it("stand in the order of need: unanswered, the highest level, the oldest", () => {
    const calls = { a: call("acknowledged", 1), b: call("raised", 3), c: call("escalated", 4, { level: 2 }), d: call("raised", 2), e: call("arrived", 0) };
    expect(inCallOrder({ calls }).map(([id]) => id)).toEqual(["c", "d", "b", "e", "a"]);
    expect(inCallOrder(undefined)).toEqual([]);
  });

  it("go on step by step to their end", () => {
    expect(["raised", "escalated", "acknowledged", "arrived", "resolved"].map((state) => nextStep({ state }))).toEqual(["acknowledge", "acknowledge", "arrive", "resolve", undefined]);
    expect(["raised", "escalated", "acknowledged"].map((state) => callWaits({ state }))).toEqual([true, true, false]);
  });

  it("that another person answered say who and how they stand now", () => {
    const now = call("acknowledged", 0, { acknowledged_by: "p2" });
    expect(callFault(new Fault({ what: "p2 has answered already", state: now }, 409), who)).toBe("Ms p2 answered before you. The call is now: seen.");
    expect(callFault(new Fault({ what: "p1 has called already", state: call("raised", 0, { by: "p1" }) }, 409), who)).toBe("Ms p1 has called already, and nobody has answered yet.");
    expect(callFault(new Fault({ what: "there is no such place", to_do: "look again" }, 404), who)).toBe("There is no such place · Look again");
  });

  it("tell how long after the call something happened, and nothing where it did not", () => {
    const past = { call: "a", address: "reno", kind: "safety", state: "arrived", raised_ms: 1000, arrived_ms: 61_000 };
    expect(sinceRaised(past, past.arrived_ms)).toBe(60);
    expect(sinceRaised(past, undefined)).toBeUndefined();
  });
});
