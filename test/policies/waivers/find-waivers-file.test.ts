import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findWaiversFile } from "../../../policies/waivers/find-waivers-file.ts";

describe("place of the waivers' file", () => {
  let folder: string;
  let project: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "waivers-"));
    project = join(folder, "project");
    mkdirSync(join(project, "source"), { recursive: true });
    writeFileSync(join(project, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is beside the stacks' configuration, where there is one", () => {
    assert.equal(findWaiversFile(undefined, [project], undefined), undefined);
    writeFileSync(join(project, "waivers.yaml"), "waivers: []");
    const found = { file: join(project, "waivers.yaml"), shownAs: "waivers.yaml" };
    assert.deepEqual(findWaiversFile(undefined, [join(project, "source")], undefined), found);
    writeFileSync(join(project, "Pulumi.yaml"), "name: project\nstackConfigDir: stacks\n");
    assert.equal(findWaiversFile(undefined, [project], undefined), undefined);
  });

  it("is what the configuration names, from the project's folder", () => {
    const found = { file: join(project, "a/b.yaml"), shownAs: "a/b.yaml" };
    assert.deepEqual(findWaiversFile("a/b.yaml", [join(project, "source")], undefined), found);
  });

  it("is looked for from one folder after the other", () => {
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "Pulumi.yaml"), "name: other\n");
    writeFileSync(join(project, "waivers.yaml"), "waivers: []");
    assert.equal(
      findWaiversFile(undefined, [other, project], undefined)?.file,
      join(project, "waivers.yaml"),
    );
    assert.equal(findWaiversFile("named.yaml", [other, project], undefined)?.file, join(other, "named.yaml"));
  });

  it("is of the project that has the name", () => {
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "Pulumi.yaml"), "name: other\n");
    for (const each of [project, other]) writeFileSync(join(each, "waivers.yaml"), "waivers: []");
    const file = (name: string) => findWaiversFile(undefined, [project, other], name)?.file;
    assert.equal(file("other"), join(other, "waivers.yaml"));
    assert.equal(file("project"), join(project, "waivers.yaml"));
    assert.equal(file("third"), undefined);
  });

  it("may be given whole, and need not be in a project", () => {
    assert.deepEqual(findWaiversFile("/etc/waivers.yaml", [], undefined), {
      file: "/etc/waivers.yaml",
      shownAs: "/etc/waivers.yaml",
    });
    assert.equal(findWaiversFile(undefined, [folder], undefined), undefined);
    assert.equal(findWaiversFile("named.yaml", [folder], undefined)?.shownAs, "named.yaml");
  });
});
