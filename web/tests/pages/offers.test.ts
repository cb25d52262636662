import { describe, expect, it } from "vitest";
import type { BarView, CommandView } from "../../src/contract/views";
import { valueWords } from "../../src/data/tags";
import { worstOf } from "../../src/pages/losses/fall";
import { roleMay } from "../../src/pages/station/commands";

describe("a value to set", () => {
  const bath: CommandView = { label: {}, allowed: true, roles: ["quality"] };

  it("is offered to the roles that the plant file names at that site, and to nobody without a ceiling", () => {
    expect(roleMay(bath, "reno/shop/a/wash", { "*": "supervisor" })).toBe(false);
    expect(roleMay(bath, "reno/shop/a/wash", { reno: "quality" })).toBe(true);
    expect(roleMay(bath, "reno/shop/a/wash", { nogales: "quality" })).toBe(false);
    expect(roleMay({ ...bath, roles: [] }, "reno/shop/a/wash", { reno: "operator" })).toBe(true);
    expect(roleMay({ ...bath, allowed: false }, "reno/shop/a/wash", { reno: "quality" })).toBe(false);
  });
});

describe("the loss that is opened first", () => {
  const bar = (code: string, group: string, s: number): BarView => ({ code, group, s, left_s: 0, percent: "1.0" });

  it("is the largest that nobody planned, and none where all is well", () => {
    const bars = [bar("no_shift", "unscheduled", 900), bar("meal", "planned", 800), bar("tooling", "unplanned", 30), bar("blocked", "blocked", 40), bar("fully_productive", "output", 999)];
    expect(worstOf(bars)?.code).toBe("blocked");
    expect(worstOf(bars.filter((each) => each.s > 100))).toBeUndefined();
  });
});

describe("a value in words", () => {
  it("is a state by our name, yes or no for a permit, else the number with its unit", () => {
    expect(valueWords({ states: { 5: "blocked" } }, { value: 5 })).toBe("blocked (5)");
    expect(valueWords({ states: { 5: "blocked" } }, { value: 9 })).toBe("9");
    expect([0, 1].map((value) => valueWords({ role: "permit.automatic" }, { value }))).toEqual(["no", "yes"]);
    expect(valueWords({ unit: "degC" }, { value: 61.84 })).toBe("61.8\u00a0°C");
    expect(valueWords(undefined, undefined)).toBe("–");
  });
});
