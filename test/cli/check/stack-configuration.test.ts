import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStack } from "../../../cli/check/check-program.ts";
import { readProject } from "../../../cli/check/project-file.ts";

describe("configuration of a stack, as the command line hands it on", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-configuration-"));
    mkdirSync(join(folder, "stacks"));
    writeFileSync(join(folder, "index.ts"), "");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (config: string, stack: string) => {
    const head = "name: shop\nruntime: nodejs\nmain: index.ts\nstackConfigDir: stacks\n";
    writeFileSync(join(folder, "Pulumi.yaml"), `${head}config:\n${config}`);
    writeFileSync(join(folder, "stacks/Pulumi.dev.yaml"), stack);
  };
  const read = () => readStack(readProject(folder), "dev").configuration;

  it("takes defaults and values of the project where the stack says nothing", () => {
    write(
      "  size: 3\n  name: { default: a }\n  tags: { type: object, default: { a: 1 } }\n  aws:region: { value: eu-west-1 }\n",
      "config:\n  shop:size: 4\n",
    );
    assert.deepEqual(read().values, {
      "shop:size": "4",
      "shop:name": "a",
      "shop:tags": '{"a":1}',
      "aws:region": "eu-west-1",
    });
  });

  it("hands everything on as text, lists and mappings as JSON", () => {
    write(
      "  a: { default: x }\n",
      'config:\n  shop:n: 1\n  shop:b: true\n  shop:l: [1, "2"]\n  other:m: { k: v }\n',
    );
    assert.deepEqual(read().values, {
      "shop:n": "1",
      "shop:b": "true",
      "shop:l": '[1,"2"]',
      "other:m": '{"k":"v"}',
      "shop:a": "x",
    });
  });

  it("puts placeholders in place of secrets, deep ones too, and says which settings hold some", () => {
    write(
      "  size: { type: integer }\n",
      "config:\n  shop:size: { secure: v1:a:b }\n  shop:keys: { id: x, key: { secure: v1:c:d } }\n",
    );
    const { values, secretKeys } = read();
    assert.deepEqual(secretKeys, ["shop:size", "shop:keys"]);
    const { id, key } = JSON.parse(values["shop:keys"] ?? "");
    assert.equal(id, "x");
    assert.ok(key.length >= 16 && !key.includes("v1:"));
  });

  it("reports every wrong and missing setting at once, with file and line", () => {
    write(
      [
        "  count: { type: integer }",
        "  flag: { type: boolean, default: true }",
        "  names: { type: array, items: { type: string } }",
        "  token: { type: string, secret: true }",
        "  map: { type: object, default: {} }",
      ].join("\n"),
      "config:\n  shop:flag: maybe\n  shop:names: [{}]\n  shop:token: plain\n  shop:map: [1]\n  loose: 1\n",
    );
    assert.throws(read, (error: Error) => {
      assert.deepEqual(error.message.split("\n"), [
        "wrong configuration:",
        "  stacks/Pulumi.dev.yaml:6: loose: must be namespace:key",
        "  stacks/Pulumi.dev.yaml: shop:count: is missing, and Pulumi.yaml has no default for it",
        '  stacks/Pulumi.dev.yaml:2: shop:flag: must be of type boolean, not "maybe"',
        "  stacks/Pulumi.dev.yaml:3: shop:names: must be of type array<string>, not [{}]",
        "  stacks/Pulumi.dev.yaml:4: shop:token: must be a secret: pulumi config set --secret",
        "  stacks/Pulumi.dev.yaml:5: shop:map: must be of type object, not [1]",
      ]);
      return true;
    });
  });

  it("says where a file is no YAML, and what kind of project it cannot run", () => {
    write("  a: 1\n", "config:\n  a: [\n");
    assert.throws(read, /stacks\/Pulumi\.dev\.yaml is no YAML: .*line \d/);
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: python\n");
    assert.throws(read, /runtime python cannot be run here; check a plan instead/);
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: shop\nruntime: nodejs\nconfig: { 'aws:region': { default: x } }\n",
    );
    assert.throws(read, /aws:region is another namespace's/);
    assert.throws(() => readProject(join(folder, "none")), /there is no Pulumi project in/);
  });

  it("takes no name for a path", () => {
    write("  a: 1\n", "config: {}\n");
    assert.throws(() => readStack(readProject(folder), "../dev"), /is no stack name/);
  });
});
