import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../../runtime/workflows/run.ts";
import { canMountSmallDisk } from "../contracts/small-disk.ts";
import { type Replicas, startReplicasAndRestate } from "../runtime/workflows/replicas.ts";
import { temporaryFolder } from "../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../runtime/workflows/wait-for-run.ts";
import { requestOf } from "./replica-client.ts";

const megabyte = 1_000_000;

describe("a full disk below the bucket", function () {
  this.timeout(100_000);
  const folder = temporaryFolder();
  let replicas: Replicas;

  before(async function () {
    if (!canMountSmallDisk()) {
      if (process.env.CI) throw new Error("a file system of its own cannot be mounted here");
      this.skip();
    }
    const disk = join(folder.path, "disk");
    await mkdir(disk);
    replicas = await startReplicasAndRestate({
      count: 1,
      folder: folder.path,
      bucket: join(disk, "bucket"),
      // Seen by the replica alone, and gone with it.
      prefix: [
        ...["unshare", "--map-root-user", "--mount", "sh", "-c"],
        ...[`mount -t tmpfs -o size=${4 * megabyte} tmpfs ${disk} && exec "$@"`, "sh"],
      ],
    });
  });
  after(async () => {
    await replicas?.close();
  });

  it("stops runs until there is room again; none is lost, and the log that could not be written fails no task", async () => {
    const [replica] = replicas.all;
    assert.ok(replica);
    const ask = <Answer>(method: string, path: string, body?: unknown) =>
      requestOf<Answer>(replica.url, method, path, body);
    const read = (id: string) => ask<Run>("GET", `/v1/runs/${id}`);
    const [begun, go] = [join(folder.path, "begun"), join(folder.path, "go")];
    const script = `echo begun; touch ${begun}; while [ ! -e ${go} ]; do sleep 0.1; done; head -c 200000 /dev/zero | tr '\\\\0' x`;
    const specification = `name: filled\ntasks:\n  a: {uses: script, with: {command: [sh, -c, "${script}"]}}\n  b: {uses: notify, needs: [a], with: {message: x}}\n`;
    await ask("PUT", "/v1/workflows/filled", { specification });
    const { id } = await ask<Run>("POST", "/v1/runs", { workflow: "filled", id: "first" });
    await waitForRun(
      () => read(id),
      ({ tasks }) => tasks[0]?.state === "running",
    );

    const filler = `/proc/${replica.pid}/root${join(folder.path, "disk", "filler")}`;
    await assert.rejects(writeFile(filler, Buffer.alloc(8 * megabyte)), { code: "ENOSPC" });
    await writeFile(go, "");
    const held = await waitForRun(
      () => read(id),
      ({ tasks }) => tasks[1]?.state === "running" || tasks[0]?.state === "succeeded",
    );
    assert.equal(held.state, "running");
    await assert.rejects(ask("POST", "/v1/runs", { workflow: "filled", id: "second" }), /507 .*storage-full/);

    await rm(filler);
    const run = await waitForRun(() => read(id));
    assert.deepEqual([run.state, run.tasks.map(({ attempts }) => attempts)], ["succeeded", [1, 1]]);
    await ask("POST", "/v1/runs", { workflow: "filled", id: "second" });
    assert.equal((await waitForRun(() => read("second"))).state, "succeeded");
  });
});
