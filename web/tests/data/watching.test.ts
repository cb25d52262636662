import { describe, expect, it } from "vitest";
import { asked, heard, read, type Message, type Watch } from "../../src/data/watching";

const begun: Watch = { id: 3, path: "/api/line?address=a/b/c" };
const told = (text: string): Exclude<Message, { beat: number }> => {
  const message = read(text);
  if (!message || "beat" in message) throw new Error(text);
  return message;
};

describe("a watch", () => {
  it("asks at first without a version, and after a gap with the one it knows", () => {
    expect(JSON.parse(asked(begun))).toEqual({ watch: begun.path, id: 3 });
    const one = heard(begun, told('{"id": 3, "version": "B.7", "full": {"good": 1}}'));
    expect(JSON.parse(asked(one))).toEqual({ watch: begun.path, id: 3, version: "B.7" });
  });

  it("goes on by patches from what it has", () => {
    let one = heard(begun, told('{"id": 3, "version": "B.7", "full": {"good": 1, "shift": "day"}}'));
    one = heard(one, told('{"id": 3, "version": "B.8", "patch": {"good": 2, "shift": null}}'));
    expect(one).toMatchObject({ version: "B.8", value: { good: 2 } });
    expect(one.value).not.toHaveProperty("shift");
  });

  it("keeps the last value under a refusal, and asks for all of it again", () => {
    let one = heard(begun, told('{"id": 3, "version": "B.7", "full": {"good": 1}}'));
    one = heard(one, told('{"id": 3, "error": {"what": "no such line"}}'));
    expect(one.refusal?.what).toBe("no such line");
    expect(one.value).toEqual({ good: 1 });
    expect(JSON.parse(asked(one))).not.toHaveProperty("version");
    one = heard(one, told('{"id": 3, "version": "C.1", "full": {"good": 4}}'));
    expect(one.refusal).toBeUndefined();
  });

  it.each(["", "no json", "null", "4", "[]", '{"id": 1}', '{"version": "x"}'])("passes over %j", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it("knows a beat", () => expect(read('{"beat": 12}')).toEqual({ beat: 12 }));
});
