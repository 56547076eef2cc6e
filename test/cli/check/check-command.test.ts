import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skyloom } from "../skyloom.ts";

const project = join(import.meta.dirname, "project");
const pack = join(import.meta.dirname, "pack");

interface Found {
  rule: string;
  level: string;
  message: string;
  resource?: { name: string };
}
interface Stack {
  stack: string;
  resources: number;
  violations: Found[];
  waivers: { rule: string; owner: string; resource: { name: string } }[];
  remediations: { rule: string; resource: { name: string } }[];
  notChecked: { rule?: string; resource: { name: string }; reason: string }[];
}

describe("skyloom check", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "skyloom-check-"));
  });
  after(() => rm(folder, { recursive: true }));

  const check = (args: string[]) =>
    skyloom(["check", "--project", project, "--policy-pack", pack, ...args], {
      SKYLOOM_STATE_FOLDER: folder,
    });
  const names = (found: Found[]) => found.map(({ rule, level, resource }) => [rule, level, resource?.name]);

  describe("of several stacks", () => {
    let exitCode: number;
    let stacks: Stack[];
    const reports = ["sarif", "junit", "markdown"];
    before(async () => {
      const files = reports.flatMap((form) => [`--${form}`, join(folder, `report.${form}`)]);
      const result = await check(["good", "open", "orphan", "waived", "remote", "--json", ...files]);
      assert.ok(result.stdout.startsWith("{"), result.stderr);
      exitCode = result.exitCode;
      stacks = JSON.parse(result.stdout).stacks;
    });
    const of = (name: string): Stack => {
      const found = stacks.find(({ stack }) => stack === name);
      assert.ok(found, name);
      return found;
    };

    it("keeps them apart and in order, and exits with 1 when one has violations", () => {
      assert.equal(exitCode, 1);
      assert.deepEqual(
        stacks.map(({ stack, violations }) => [stack, violations.length]),
        [
          ["good", 0],
          ["open", 1],
          ["orphan", 1],
          ["waived", 0],
          ["remote", 0],
        ],
      );
    });

    it("says what an update would change, and what only it can know", () => {
      const good = of("good");
      // The stack itself, a queue and its policy.
      assert.equal(good.resources, 3);
      assert.deepEqual(
        good.remediations.map(({ rule, resource }) => [rule, resource.name]),
        [["queue-tagged", "orders"]],
      );
      assert.deepEqual(
        good.notChecked.map(({ rule, resource }) => [rule, resource.name]),
        [["queue-policy-url", "orders"]],
      );
    });

    it("names rule, resource and message", () => {
      const { violations } = of("open");
      assert.deepEqual(names(violations), [["queue-encrypted", "mandatory", "open-letters"]]);
      assert.equal(violations[0]?.message, "sqsManagedSseEnabled is false");
    });

    it("tells rules of the whole stack what belongs together", () => {
      const { violations } = of("orphan");
      assert.deepEqual(names(violations), [["queue-has-policy", "mandatory", "orphan"]]);
      assert.equal(violations[0]?.message, "no policy; its parent is pulumi:pulumi:Stack");
    });

    it("shows each use of a waiver, which does not fail", () => {
      assert.deepEqual(
        of("waived").waivers.map(({ rule, owner, resource }) => [rule, owner, resource.name]),
        [["queue-encrypted", "us", "open-waived"]],
      );
    });

    it("lists what it cannot look into", () => {
      const [remote] = of("remote").notChecked.filter(({ rule }) => rule === undefined);
      assert.equal(remote?.resource.name, "remote");
      assert.match(remote?.reason ?? "", /made by its provider/);
    });

    it("writes every form of the report", async () => {
      for (const form of reports)
        assert.match(await readFile(join(folder, `report.${form}`), "utf8"), /queue-encrypted/);
    });
  });

  it("prints a table with the fix of each violation, without colours where there is no terminal", async () => {
    const { exitCode, stdout, stderr } = await check(["open"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /1 violation; each says above how to fix it/);
    assert.match(stdout, /✗ queue-encrypted {2}high, mandatory {2}open-letters \(aws:sqs\/queue:Queue\)/);
    assert.match(stdout, /sqsManagedSseEnabled is false\n {4}fix: Set sqsManagedSseEnabled to true/);
    assert.match(stdout, /^open +failed +5 +1 +0 /m);
    assert.ok(!stdout.includes("\u001b"));
  });

  describe("could not run", () => {
    const broken: [what: string, args: string[], message: RegExp][] = [
      [
        "an unknown stack",
        ["nowhere"],
        /no stack "nowhere": Pulumi\.nowhere\.yaml does not exist[\s\S]*good/,
      ],
      [
        "configuration of the wrong type",
        ["wrong"],
        /Pulumi\.wrong\.yaml:2: fixture:retention: must be of type integer/,
      ],
      [
        "all of its problems at once",
        ["wrong"],
        /fixture:owner: is missing, and Pulumi\.yaml has no default/,
      ],
      [
        "a program that throws",
        ["good", "throws"],
        /program of throws is broken: TypeError: the program's own mistake\n +at /,
      ],
      ["a program that stops", ["stops"], /program of stops is broken: the user's mistake\n?$/],
      ["a program that exits", ["exits"], /program of exits is broken: it ended with exit status 3/],
      ["inputs that a provider refuses", ["refused"], /Queue::orders: delaySeconds/],
      [
        "a rule that throws",
        ["breaks"],
        /pack broke on breaks: urn:.*::breaks: Error validating resource with policy 'queue-encrypted'[\s\S]*the rule's own mistake/,
      ],
      [
        "a plan that is none",
        ["--plan", join(project, "package.json")],
        /is no plan: make one with pulumi preview/,
      ],
      ["a plan beside a stack", ["good", "--plan", "x"], /names its stack/],
      [
        "a base that is none",
        ["good", "--base", join(project, "index.ts")],
        /is no report that --json printed/,
      ],
    ];
    for (const [what, args, message] of broken)
      it(`says ${what}, exits with 2 and writes nothing`, async () => {
        const file = join(folder, "none.md");
        const { exitCode, stdout, stderr } = await check([...args, "--json", "--markdown", file]);
        assert.match(stderr, message);
        assert.deepEqual([exitCode, stdout, existsSync(file)], [2, "", false]);
      });

    it("says which rule's configuration is against its schema", async () => {
      const file = join(folder, "policies.json");
      await writeFile(
        file,
        JSON.stringify({ "queue-retention": { minimumSeconds: "long" }, "queue-encripted": "mandatory" }),
      );
      const { exitCode, stderr } = await check(["good", "--policy-config", file]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /queue-retention\.minimumSeconds: .*number/);
      assert.match(stderr, /queue-encripted: is no rule of this pack; did you mean queue-encrypted\?/);
    });

    it("says why the pack does not start", async () => {
      const { exitCode, stderr } = await check(["good", "--policy-pack", join(folder, "none")]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /there is no policy pack in .*none/);
    });

    it("says what a pack says that cannot start, such as one with a wrong date in its waivers", async () => {
      const broken = join(folder, "pack");
      await mkdir(broken);
      await writeFile(join(broken, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
      await writeFile(join(broken, "package.json"), '{"version":"1.0.0","type":"module","main":"index.js"}');
      await writeFile(
        join(broken, "index.js"),
        'throw new Error("waivers.yaml:3: expires: 2026-13-01 is no date");',
      );
      const { exitCode, stderr } = await check(["good", "--policy-pack", broken]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /does not start:[\s\S]*waivers\.yaml:3: expires: 2026-13-01 is no date/);
    });
  });

  it("reads a state instead of running a program", async () => {
    const urn = "urn:pulumi:good::fixture::aws:sqs/queue:Queue::open-letters";
    const inputs = { messageRetentionSeconds: 3600, sqsManagedSseEnabled: false };
    const resource = { urn, type: "aws:sqs/queue:Queue", custom: true, inputs, outputs: inputs };
    const state = join(folder, "state.json");
    await writeFile(state, JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
    const { exitCode, stdout, stderr } = await check(["--state", state, "--json"]);
    assert.equal(exitCode, 1, stderr);
    const [stack] = JSON.parse(stdout).stacks as Stack[];
    assert.equal(stack?.stack, "good");
    assert.deepEqual(names(stack?.violations ?? []), [
      ["queue-encrypted", "mandatory", "open-letters"],
      ["queue-has-policy", "mandatory", "open-letters"],
    ]);
  });

  it("configures rules as the engine does", async () => {
    const file = join(folder, "policies.json");
    await writeFile(
      file,
      JSON.stringify({
        all: "advisory",
        "queue-retention": { enforcementLevel: "mandatory", minimumSeconds: 7200 },
      }),
    );
    const { exitCode, stdout } = await check(["open", "--json", "--policy-config", file]);
    assert.equal(exitCode, 1);
    const { stacks } = JSON.parse(stdout) as { stacks: Stack[] };
    assert.deepEqual(names(stacks[0]?.violations ?? []).sort(), [
      ["queue-encrypted", "advisory", "open-letters"],
      ["queue-retention", "mandatory", "open-letters"],
      ["queue-retention", "mandatory", "orders"],
      ["queue-tagged", "advisory", "open-letters"],
      ["queue-tagged", "advisory", "orders"],
    ]);
  });
});
