import assert from "node:assert/strict";
import { controls } from "../../policies/controls.ts";
import { rules } from "../../policies/policies.ts";

describe("controls", () => {
  it("are all held by rules", () => {
    const all = Array.from({ length: 78 }, (_, index) => index + 1);
    assert.deepEqual(
      all.filter((number) => (controls[number] ?? []).length === 0),
      [],
    );
    assert.deepEqual(Object.keys(controls).map(Number), all);
  });

  it("name rules that there are", () => {
    const names = rules.map(({ name }) => name);
    const unknown = Object.values(controls)
      .flat()
      .filter((name) => !names.includes(name));
    assert.deepEqual(unknown, []);
  });

  it("leave few rules that nobody asked for", () => {
    const named = new Set(Object.values(controls).flat());
    assert.deepEqual(
      rules.map(({ name }) => name).filter((name) => !named.has(name)),
      [
        "resource-restrict-regions",
        "process-encrypt-environment-secrets",
        "process-require-memory-limit",
        "process-require-token-off-loopback",
        "waivers-forbid-expired",
        "waivers-forbid-unused",
      ],
    );
  });
});
