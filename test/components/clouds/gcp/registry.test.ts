import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeTag } from "../../../../components/preflight/runtime-image.ts";
import { development, recordGcp } from "./fixture.ts";

describe("the image of a stack on Google Cloud", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gcp-image-"));
    mkdirSync(join(folder, "runtime"));
    writeFileSync(join(folder, "runtime", "Dockerfile"), "FROM scratch\n");
    writeFileSync(join(folder, "runtime", "main.ts"), "export {};\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is built for amd64 and pushed to the stack's registry, with the update's own login", async () => {
    const recording = await recordGcp(
      { ...development, projectFolder: folder, image: undefined },
      (cloud) => ({ image: cloud.registry?.image }),
    );
    const { inputs, secrets } = recording.one("docker-build:index:Image");
    const repository = "europe-west4-docker.pkg.dev/skyloom-test/skyloom-dev-gcp/runtime";
    assert.deepEqual(inputs.platforms, ["linux/amd64"]);
    assert.equal(inputs.push, true);
    assert.deepEqual(inputs.tags, [`${repository}:${runtimeTag(folder)}`]);
    assert.equal(inputs.registries[0].address, "europe-west4-docker.pkg.dev");
    assert.ok(
      secrets.some((path) => path.startsWith("registries")),
      secrets.join(),
    );
    assert.match(String(recording.result.image), new RegExp(`^${repository}@sha256:[0-9a-f]{64}$`));
  });

  it("gets a new tag when its content changes, and only then", () => {
    const before = runtimeTag(folder);
    const copy = join(folder, "copy");
    cpSync(join(folder, "runtime"), join(copy, "runtime"), { recursive: true });
    assert.equal(runtimeTag(copy), before);
    writeFileSync(join(folder, "runtime", "main.ts"), "export const changed = true;\n");
    assert.notEqual(runtimeTag(folder), before);
    assert.match(before, /^content-[0-9a-f]{12}$/);
  });
});
