import { describe, expect, it } from "vitest";
import { mergePatch, type Json } from "../../src/data/merge";

describe("a merge patch (RFC 7386)", () => {
  // target, patch, result: the table of appendix A
  const table: [Json, Json, Json][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  it.each(table)("%j with %j is %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it("keeps what has not changed as the same object, so that it is not drawn anew", () => {
    const before = { saw: { state: "running" }, mill: { state: "down" } };
    const after = mergePatch(before, { mill: { state: "running" } }) as typeof before;
    expect(after.saw).toBe(before.saw);
    expect(after.mill).not.toBe(before.mill);
    expect(before.mill.state).toBe("down");
  });

  it("takes a key that objects have by nature as a key", () => {
    expect(mergePatch({}, JSON.parse('{"toString": {"a": 1}}') as Json)).toEqual({ toString: { a: 1 } });
  });
});
