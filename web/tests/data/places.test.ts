import { describe, expect, it } from "vitest";
import type { PlantView } from "../../src/contract/views";
import { plantTime } from "../../src/data/clock";
import { leaves, nameOf, placeAt, reasonWords } from "../../src/data/plant";
import { href, routeOf } from "../../src/data/route";
import { withQuery } from "../../src/data/ask";

const plant: PlantView = {
  enterprise: "acme", label: {}, rev: "1", site: "reno", simulated: false,
  sites: { reno: { label: { en: "Reno" }, timezone: "America/Los_Angeles", currency: "USD", language: "en", areas: { cells: { en: "Cells" } } } },
  groups: { "reno/cells/bracket": { label: { en: "Bracket line" }, kind: "line", area: "cells", flow: ["saw"], stations: { saw: { label: { en: "Band saw" } } } } },
  reasons: { usual: [{ code: "breakdown", label: { en: "Breakdown" }, reasons: [{ code: "breakdown/belt", label: { en: "Belt torn" } }] }] },
};

describe("addresses", () => {
  it("have the name of what stands there, else their last part", () => {
    expect(nameOf(plant, "reno/cells/bracket/saw")).toBe("Band saw");
    expect(nameOf(plant, "reno/cells/bracket")).toBe("Bracket line");
    expect(nameOf(plant, "reno/cells")).toBe("Cells");
    expect(nameOf(plant, "reno")).toBe("Reno");
    expect(nameOf(plant, "reno/cells/bracket/old_mill")).toBe("old mill");
    expect(placeAt(plant, "reno/cells/bracket/old_mill")).toEqual({});
  });

  it("stand readable in the address bar and come back from there", () => {
    const path = href("stops", "reno/cells/línea 1", { window: "2026-11-23/day", empty: "" });
    expect(path).toBe("/stops/reno/cells/l%C3%ADnea%201?window=2026-11-23/day");
    const [name = "", query = ""] = path.split("?");
    expect(routeOf(name, `?${query}`)).toMatchObject({ page: "stops", address: "reno/cells/línea 1" });
    expect(routeOf(name, `?${query}`).query.get("window")).toBe("2026-11-23/day");
  });

  it("are safe in a question to the server", () => {
    expect(withQuery("/api/values", { tags: "a/b#c&d=e", none: undefined })).toBe("/api/values?tags=a/b%23c%26d%3De");
  });
});

describe("reasons and clocks", () => {
  it("a reason is named from any tree; only leaves are picked", () => {
    expect(reasonWords(plant, "breakdown/belt")).toBe("Belt torn");
    expect(reasonWords(plant, "gone/no_part")).toBe("no part");
    expect(leaves(plant.reasons?.usual ?? []).map((one) => one.code)).toEqual(["breakdown/belt"]);
  });

  it("plant time goes on at its speed", () => {
    expect(plantTime({ t_ms: 1000, wall_ms: 50_000, speed: 20 }, 51_000)).toBe(21_000);
    expect(plantTime({ wall_ms: 50_000 }, 51_000)).toBeUndefined();
    expect(plantTime({ t_ms: 1000, wall_ms: 50_000 }, 51_000)).toBe(2000); // speed 1 is left out
  });
});
