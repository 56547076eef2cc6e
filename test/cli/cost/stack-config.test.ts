import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackConfig } from "../../../cli/cost/stack-config.ts";

describe("readStackConfig", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "config-"));
    mkdirSync(join(folder, "stacks"));
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: skyloom\nruntime: nodejs\nmain: index.ts\nstackConfigDir: stacks\nconfig:\n  port: {default: 8080}\n",
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("puts defaults and the stack's own together, as texts", () => {
    writeFileSync(
      join(folder, "stacks", "Pulumi.one.yaml"),
      "config:\n  skyloom:budget: {monthlyUsd: 5}\n  aws:region: eu-west-1\n",
    );
    assert.deepEqual(readStackConfig("one", folder), {
      values: { "skyloom:port": "8080", "skyloom:budget": '{"monthlyUsd":5}', "aws:region": "eu-west-1" },
      secretKeys: [],
    });
  });

  it("stands in for secrets that it cannot read", () => {
    writeFileSync(join(folder, "stacks", "Pulumi.one.yaml"), "config:\n  skyloom:token: {secure: v1:abc}\n");
    const { values, secretKeys } = readStackConfig("one", folder);
    assert.deepEqual(secretKeys, ["skyloom:token"]);
    assert.ok((values["skyloom:token"] ?? "").length >= 16 && !values["skyloom:token"]?.includes("abc"));
  });

  it("names the file that is no YAML", () => {
    writeFileSync(join(folder, "stacks", "Pulumi.one.yaml"), "config: [1\n");
    assert.throws(() => readStackConfig("one", folder), /CannotRun: .*Pulumi\.one\.yaml is no YAML/);
  });
});
