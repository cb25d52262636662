import { beforeEach, describe, expect, it } from "vitest";
import { figure, isoDay, money, NONE, number, quantity, share, signed, span, stopwatch, time, writeAs } from "../../src/words";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);

describe("numbers", () => {
  beforeEach(() => writeAs({ locale: "en-US", zone: "UTC" }));

  it("that are not known are a dash, never a zero", () => {
    for (const said of [number(undefined), figure(Number.NaN), share(null), signed(undefined), span(undefined), money("", "MXN")]) expect(said).toBe(NONE);
  });

  it("follow the locale and not the language", () => {
    expect(number(1234.56)).toBe("1,234.6");
    writeAs({ locale: "de-DE" });
    expect(number(1234.56)).toBe("1.234,6");
    writeAs({ locale: "es-MX" });
    expect(number(1234.56)).toBe("1,234.6");
  });

  it("have three figures where they are measured", () => {
    expect([0.012345, 1.2345, 123.45, 12345.6, 400, -0.5].map(figure)).toEqual(["0.0123", "1.23", "123", "12,346", "400", "-0.5"]);
  });

  it("carry units and signs as people write them", () => {
    expect(quantity(61.84, "degC")).toBe("61.8\u00a0°C");
    expect(signed(12)).toBe("+12");
    expect(signed(0)).toBe("0");
    expect(share(0.7613)).toBe("76.1%");
  });
});

describe("times", () => {
  it("are those of the site", () => {
    writeAs({ locale: "en-US", zone: "America/Hermosillo" });
    expect(time(NOON)).toBe("05:00");
    expect(time(NOON, "Asia/Shanghai")).toBe("20:00");
    expect(isoDay(Date.UTC(2026, 10, 23, 3))).toBe("2026-11-22");
  });

  it("write midnight as 00:00 in every locale", () => {
    for (const locale of ["en-US", "es-MX", "fr-CA", "zh-CN"]) {
      writeAs({ locale, zone: "UTC" });
      expect(time(Date.UTC(2026, 0, 1))).toMatch(/^00[:.h ]+00$/);
    }
  });

  it("and spans have their two largest units", () => {
    expect([7.4, 65, 3900, 90_000].map(span)).toEqual(["7 s", "1 min 05 s", "1 h 05 min", "1 d 1 h"]);
    expect([7.9, 65, 3725].map(stopwatch)).toEqual(["0:07", "1:05", "1:02:05"]);
  });
});
