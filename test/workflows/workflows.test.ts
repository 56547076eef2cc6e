import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectFolder } from "../../scripts/project.mjs";
import { allSteps, readWorkflows } from "./read-workflows.ts";

/** The only jobs that may write, and what. */
const writers: Record<string, Record<string, string>> = {
  "check.yml code-scanning": { "security-events": "write" },
  "comment.yml comment": { "pull-requests": "write" },
  "drift.yml drift": { "id-token": "write" },
  "drift.yml report": { issues: "write" },
  "image.yml publish": { packages: "write" },
  "preview.yml preview": { "id-token": "write" },
  "prices.yml refresh": { contents: "write", "pull-requests": "write" },
};

describe("workflow files", () => {
  const workflows = readWorkflows();
  const jobs = workflows.flatMap((workflow) =>
    Object.entries(workflow.jobs).map(([name, job]) => ({
      where: `${workflow.file} ${name}`,
      workflow,
      job,
    })),
  );
  const steps = allSteps(workflows);

  it("are the ones that docs/check.md tells of", () => {
    assert.deepEqual(workflows.map(({ file }) => file).sort(), [
      "check.yml",
      "comment.yml",
      "drift.yml",
      "image.yml",
      "preview.yml",
      "prices.yml",
    ]);
  });

  it("give a job that says nothing the right to read at most", () => {
    for (const { file, permissions } of workflows)
      for (const right of Object.values(permissions ?? { all: "write" })) assert.equal(right, "read", file);
  });

  it("let only the named jobs write", () => {
    for (const { where, job } of jobs) {
      const written = Object.entries(job.permissions ?? {}).filter(([, right]) => right !== "read");
      assert.deepEqual(Object.fromEntries(written), writers[where] ?? {}, where);
    }
  });

  it("give nothing to a pull request's own code but the right to read, and a token for its own branches", () => {
    for (const { where, workflow, job } of jobs) {
      assert.equal(workflow.on.pull_request_target, undefined, where);
      if (!("pull_request" in workflow.on) || job.if?.includes("github.event_name == 'push'")) continue;
      const { "id-token": token, ...others } = job.permissions ?? {};
      assert.ok(
        Object.values(others).every((right) => right === "read"),
        where,
      );
      if (token !== undefined)
        assert.match(job.if ?? "", /head\.repo\.full_name == github\.repository/, where);
      else assert.doesNotMatch(JSON.stringify(job), /secrets\./, where);
    }
  });

  it("put no expression into a script", () => {
    for (const { where, run, with: inputs } of steps)
      for (const script of [run, inputs?.script]) assert.doesNotMatch(String(script ?? ""), /\$\{\{/, where);
  });

  it("pin every action to a commit, and keep no credentials in a checkout", () => {
    for (const { where, uses, with: inputs } of steps) {
      if (uses === undefined || uses.startsWith("./")) continue;
      assert.match(uses, /^[\w./-]+@[0-9a-f]{40}$/, where);
      if (uses.startsWith("actions/checkout@")) assert.equal(inputs?.["persist-credentials"], false, where);
    }
  });

  it("end every job some time", () => {
    for (const { where, job } of jobs) assert.ok((job["timeout-minutes"] ?? 0) > 0, where);
  });

  it("build every target of the image, and push from main only", () => {
    const dockerfile = readFileSync(join(projectFolder, "runtime/Dockerfile"), "utf8");
    const image = workflows.find(({ file }) => file === "image.yml");
    for (const [name, job] of Object.entries(image?.jobs ?? {})) {
      const { target } = (job as unknown as { strategy: { matrix: { target: string[] } } }).strategy.matrix;
      assert.deepEqual(target, ["cpu", "cuda", "training"]);
      for (const each of target) assert.match(dockerfile, new RegExp(`^FROM .* AS ${each}$`, "m"));
      const pushes = job.steps.some(({ with: inputs }) =>
        String(inputs?.outputs).includes("push-by-digest=true"),
      );
      assert.equal(pushes, name === "publish");
    }
    assert.deepEqual(image?.on.push, { branches: ["main"] });
  });
});

describe("GitLab's pipeline", () => {
  const text = readFileSync(join(projectFolder, ".gitlab-ci.yml"), "utf8");
  const pipeline = parse(text, {
    customTags: [{ tag: "!reference", collection: "seq" as const, resolve: (items: unknown) => items }],
  }) as Record<string, { rules?: { if?: string }[]; id_tokens?: object; stage?: string; extends?: string }>;

  it("gives tokens and comments to merge requests from this project's own branches only", () => {
    for (const name of ["comment", "preview"])
      for (const rule of pipeline[name]?.rules ?? [])
        assert.match(rule.if ?? "", /\$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == \$CI_PROJECT_ID/, name);
    for (const name of ["drift", "prices"])
      for (const rule of pipeline[name]?.rules ?? [])
        assert.match(rule.if ?? "", /\$CI_PIPELINE_SOURCE == "schedule"/, name);
    assert.equal(pipeline.check?.id_tokens, undefined);
    assert.equal(pipeline.check?.extends, ".packages");
  });
});
