import { describe, expect, it } from "vitest";
import { parseWindow, shiftDate, stepWindow, windowName, windowQuery } from "../../src/data/windows";

describe("windows of time", () => {
  it.each(["shift", "day", "2026-11-23", "2026-11-23/evening", "1000-2000"])("%s is read and written the same", (name) => {
    expect(windowName(parseWindow(name))).toBe(name);
  });

  it.each([null, "", "2026-02-30", "2026-13-01", "yesterday", "2000-1000", "2026-11-23/a/b"])("%s is no name and means the shift", (name) => {
    expect(parseWindow(name)).toEqual({ kind: "shift" });
  });

  it("asks the server by name, or by two times", () => {
    expect(windowQuery(parseWindow("2026-11-23/day"))).toEqual({ window: "2026-11-23/day" });
    expect(windowQuery(parseWindow("5-9"))).toEqual({ from_ms: 5, until_ms: 9 });
  });

  it("steps by calendar days over the change of the clocks, and keeps the shift", () => {
    expect(shiftDate("2026-03-08", -1)).toBe("2026-03-07");
    expect(shiftDate("2026-11-01", 1)).toBe("2026-11-02");
    expect(windowName(stepWindow(parseWindow("2026-11-10/day"), -1, "2026-11-23"))).toBe("2026-11-09/day");
  });

  it("never steps into the future", () => {
    expect(stepWindow(parseWindow("2026-11-22"), 1, "2026-11-23")).toEqual({ kind: "day" });
    expect(windowName(stepWindow(parseWindow("shift"), -1, "2026-11-23"))).toBe("2026-11-22");
  });
});
