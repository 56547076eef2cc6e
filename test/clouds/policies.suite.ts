import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { projectFolder } from "../../scripts/project.mjs";
import { skyloom } from "../cli/skyloom.ts";
import { enginePreview, foundText } from "./engine-policies.ts";

const fixtures = join(projectFolder, "test/cli/check");

interface Found {
  rule: string;
  level: string;
  message: string;
  resource?: { urn: string };
}

/** What the check found, in the engine's words as far as both have them: rule, level, resource. */
async function checked(folder: string, stack: string, pack: string): Promise<string[]> {
  const args = ["check", stack, "--json", "--project", folder, "--policy-pack", pack];
  const { stdout, stderr } = await skyloom(args);
  assert.ok(stdout.startsWith("{"), stderr);
  const [report] = (JSON.parse(stdout) as { stacks: Record<string, Found[]>[] }).stacks;
  const of = (list: string) => report?.[list] ?? [];
  const advisories = [...of("waivers"), ...of("notChecked").filter(({ rule }) => rule !== undefined)];
  return [
    ...of("violations").map(({ rule, level, resource }) => foundText(rule, level, resource?.urn, "")),
    ...advisories.map(({ rule, resource }) => foundText(rule, "advisory", resource?.urn, "")),
  ].sort();
}

/** Without the messages, which the engine puts together in another way. */
const withoutMessages = (found: string[]) =>
  found.map((line) => `${line.split(" | ").slice(0, 3).join(" | ")} | `).sort();

describe("the policy pack in the engine", function () {
  this.timeout(180_000);
  const root = mkdtempSync(join(realpathSync(tmpdir()), "skyloom-policies-"));
  const project = join(root, "project");
  before(() => {
    for (const part of [
      "Pulumi.yaml",
      "package.json",
      "components",
      "policies",
      "pricing",
      "runtime",
      "stacks",
    ])
      cpSync(join(projectFolder, part), join(project, part), {
        recursive: true,
        filter: (path) => !/(^|\/)(node_modules|\.skyloom)$/.test(path),
      });
    symlinkSync(join(projectFolder, "node_modules"), join(project, "node_modules"));
  });
  after(() => rmSync(root, { recursive: true }));

  const configure = (stack: string, setting: string, value: unknown) => {
    const file = join(project, `stacks/Pulumi.${stack}.yaml`);
    const document = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
    document.config[setting] = value;
    writeFileSync(file, stringify(document));
  };

  it("finds what the check finds: violations, waivers used, and what is not known yet", async () => {
    const folder = join(fixtures, "project");
    const pack = join(fixtures, "pack");
    const { found, text } = await enginePreview(folder, "parity", ["--policy-pack", pack]);
    assert.equal(found.length, 6, text);
    assert.deepEqual(await checked(folder, "parity", pack), withoutMessages(found));
  });

  it("finds on a production stack with too large a pool of GPUs what the check finds", async () => {
    configure("prod-aws", "skyloom:gpuPools", [{ name: "l4", accelerator: "l4", maximum: 40 }]);
    const pack = join(project, "policies");
    const { found, text } = await enginePreview(project, "prod-aws", ["--policy-pack", "policies"]);
    assert.ok(
      found.some((line) => line.startsWith("gpu-limit-nodes | mandatory | ")),
      text,
    );
    assert.deepEqual(await checked(project, "prod-aws", pack), withoutMessages(found));
  });

  it("is wanted by a production stack: by the flag, the variable or stacks/pulumi.env", async () => {
    const none = { PULUMI_OPTION_POLICY_PACK: undefined };
    const refused = await enginePreview(project, "prod-gcp", [], none);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.text, /prod-gcp is a production stack, and no policy pack is in force/);
    assert.match(refused.text, /stacks\/pulumi\.env[\s\S]*--policy-pack policies[\s\S]*withoutPack/);
    const variables = Object.fromEntries(
      readFileSync(join(project, "stacks/pulumi.env"), "utf8")
        .split("\n")
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => line.split("=") as [string, string]),
    );
    const taken = await enginePreview(project, "prod-gcp", [], variables);
    assert.doesNotMatch(taken.text, /no policy pack is in force/);
    assert.match(taken.text, /\+ \d{3} to create/);
  });

  it("may be absent where the stack says why, which is said again in each update", async () => {
    configure("prod-gcp", "skyloom:policies", { withoutPack: "Pulumi Cloud enforces the company's packs" });
    const { text } = await enginePreview(project, "prod-gcp", [], { PULUMI_OPTION_POLICY_PACK: undefined });
    assert.match(text, /warning: no policy pack is in force: Pulumi Cloud enforces the company's packs/);
    assert.match(text, /\+ \d{3} to create/);
  });
});
