import { describe, expect, it } from "vitest";
import type { AlarmsView, PlantView } from "../../src/contract/views";
import { alarmWords, inUrgency, isWaiting, tabOf } from "../../src/data/alarms";
import { allowedRange, permits, permitWords } from "../../src/data/commands";
import { allTags, found, partsOf, tagAt, tagWords } from "../../src/data/tags";

export const plant: PlantView = {
  enterprise: "acme", label: {}, rev: "1", site: "reno", simulated: true,
  groups: {
    "reno/shop/pump": {
      label: { en: "Pump line" }, kind: "line", area: "shop", flow: ["turn", "mill"],
      stations: {
        mill: { label: { en: "Mill" }, tags: { temp: { label: { en: "Temperature", es: "Temperatura" }, unit: "degC", limits: { high: { limit: 70, priority: "medium" }, high_high: { limit: 85, priority: "critical", label: { en: "Far too hot" } } } } } },
        turn: { label: { en: "Lathe" }, tags: { state: { label: {}, role: "state" }, x1: { label: {} } } },
      },
    },
  },
};

describe("tags", () => {
  it("are parted into address and name", () => {
    expect(partsOf("reno/shop/pump/mill#temp")).toEqual(["reno/shop/pump/mill", "temp"]);
    expect(partsOf("reno/shop/pump/mill")).toEqual(["reno/shop/pump/mill", ""]);
  });

  it("stand in flow order, each once, with the words of label, role or name", () => {
    expect(allTags(plant).map((each) => each.tag)).toEqual(["reno/shop/pump/turn#state", "reno/shop/pump/turn#x1", "reno/shop/pump/mill#temp"]);
    expect(allTags(plant).map((each) => tagWords(each.view, each.name))).toEqual(["State", "x1", "Temperature"]);
    expect(tagAt(plant, "reno/shop/pump/mill#gone")).toBeUndefined();
  });

  it("are found by all words of a search, without accents and case", () => {
    expect(found("Temperatura · Máquina", "maquina TEMP")).toBe(true);
    expect(found("Temperatura", "temp druck")).toBe(false);
  });
});

describe("alarms", () => {
  const alarm = (priority: string, raised_ms: number, state = "unacknowledged") => ({ address: "reno/shop/pump/mill#temp", alarm: "high", kind: "high", state, priority, raised_ms });

  it("are listed by priority, then the oldest first", () => {
    const view: AlarmsView = { alarms: { a: alarm("low", 1), b: alarm("critical", 9), c: alarm("critical", 3), d: alarm("medium", 2) } };
    expect(inUrgency(view).map(([id]) => id)).toEqual(["c", "b", "d", "a"]);
    expect(inUrgency(undefined)).toEqual([]);
  });

  it("that were put aside are not among the active ones, and gone unseen ones still wait", () => {
    expect(["unacknowledged", "acknowledged", "shelved", "suppressed", "out_of_service", "returned_unacknowledged"].map((state) => tabOf(alarm("low", 1, state)))).toEqual(["active", "active", "shelved", "suppressed", "out_of_service", "active"]);
    expect(["returned_unacknowledged", "acknowledged"].map((state) => isWaiting(alarm("low", 1, state)))).toEqual([true, false]);
  });

  it("say which limit of which tag, or what the limit's own label says", () => {
    const words = (name: string) => alarmWords(plant, { address: "reno/shop/pump/mill#temp", alarm: name, label: { en: "Temperature" } });
    expect([words("high"), words("high_high")]).toEqual(["Temperature: high", "Far too hot"]);
    expect(alarmWords(plant, { address: "reno/shop/pump", alarm: "silence_plc_1" })).toBe("No data from plc_1");
    expect(alarmWords(plant, { address: "reno/shop/pump/mill", alarm: "e412", text: "Spindle overload" })).toBe("Spindle overload");
  });
});

describe("a command of a person", () => {
  it("may go no further than plant file and machine both let it", () => {
    const offer = (allowed: string) => allowedRange({ allowed, range: [50, 120] });
    expect([offer("70 to 100"), offer("10 to 200"), offer("any value"), offer("to 100")]).toEqual([[70, 100], [50, 120], [50, 120], [50, 100]]);
  });

  it("needs every permit as it must be; what is not known is no permit", () => {
    expect([permits("locked_out", 0), permits("locked_out", 1), permits("automatic", 1), permits("automatic", undefined)]).toEqual([true, false, true, undefined]);
    expect([permitWords("locked_out", 1), permitWords("locked_out", 0), permitWords("locked_out", null)]).toEqual(["locked out", "not locked out", "lock-out: not known"]);
  });
});
