import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "../../scripts/project.mjs";
import { packInForce, requirePolicyPack } from "../../stacks/policy-pack.ts";

const signs = (environment: Record<string, string>, ...ancestors: string[][]) => ({
  environment,
  ancestors: () => ancestors,
});

describe("policy pack of a production stack", () => {
  it("is in force by the variable, or by the flag of the engine above", () => {
    assert.equal(packInForce(signs({ PULUMI_OPTION_POLICY_PACK: "policies" })), true);
    for (const words of [["--policy-pack", "policies"], ["--policy-pack=policies"]])
      assert.equal(packInForce(signs({}, ["node", "run"], ["pulumi", "preview", ...words])), true);
  });

  it("is not in force by anything else", () => {
    assert.equal(packInForce(signs({})), false);
    assert.equal(packInForce(signs({ PULUMI_OPTION_POLICY_PACK: "" })), false);
    for (const word of ["--policy-pack-config", "--policy-pack-config=a", "policy-pack"])
      assert.equal(packInForce(signs({}, ["pulumi", "up", word])), false);
  });

  it("is wanted in production only, and a reason stands for it", () => {
    const none = signs({});
    assert.equal(requirePolicyPack({ environment: "staging", policies: undefined }, "s", none), undefined);
    const production = { environment: "production" as const };
    assert.equal(
      requirePolicyPack({ ...production, policies: { withoutPack: "another one" } }, "s", none),
      "another one",
    );
    assert.throws(
      () => requirePolicyPack({ ...production, policies: {} }, "prod-aws", none),
      /prod-aws is a production stack, and no policy pack is in force[\s\S]*npm run up -- -s prod-aws/,
    );
    const given = signs({ PULUMI_OPTION_POLICY_PACK: "policies" });
    assert.equal(requirePolicyPack({ ...production, policies: undefined }, "s", given), undefined);
  });

  it("is seen in the command line of a process further above", () => {
    const file = join(projectFolder, "stacks/policy-pack.ts");
    const program = `import(${JSON.stringify(file)}).then((m) => console.log(m.packInForce({ environment: {}, ancestors: m.ancestorCommands })))`;
    const parent = `process.stdout.write(require("node:child_process").execFileSync(process.execPath, ["--no-warnings", "-e", ${JSON.stringify(program)}]))`;
    const run = (...words: string[]) =>
      spawnSync(process.execPath, ["-e", parent, "--", ...words], { encoding: "utf8" }).stdout.trim();
    assert.equal(run("preview", "--policy-pack", "policies"), "true");
    assert.equal(run("preview"), "false");
  });
});
