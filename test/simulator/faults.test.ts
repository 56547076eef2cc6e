import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { FaultInjector } from "../../simulator/fault-injector.ts";
import { FAULT_KINDS, Faults } from "../../simulator/faults.ts";
import { InitializationError, ProviderError } from "../../simulator/provider-error.ts";
import { PACKAGES } from "../../simulator/schema/locate.ts";
import { Cloud } from "./fixture.ts";

const BUCKET = "aws:s3/bucket:Bucket";

describe("faults", () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = new Cloud();
  });
  afterEach(() => cloud.remove());
  const set = (...faults: object[]) => writeFileSync(cloud.faultsFile, JSON.stringify(faults));
  const make = (name: string) => cloud.create(BUCKET, name, { bucket: `${name}-bucket` });

  it("strike what they name, as often as they say", async () => {
    set({ type: BUCKET, name: "^da", operation: "create", kind: "quota", times: 2 });
    await make("other");
    await assert.rejects(make("data"), ProviderError);
    await assert.rejects(make("data"), /VcpuLimitExceeded/);
    assert.equal((await make("data")).id, "data-bucket");
  });

  it("go on counting in the next process", async () => {
    set({ operation: "create", kind: "quota" });
    await assert.rejects(make("data"), ProviderError);
    const later = new FaultInjector(new Faults(cloud.faultsFile, cloud.folder));
    assert.equal(await later.strike(cloud.target(BUCKET, "data"), "create"), undefined);
  });

  it("leave a resource behind when it is half created", async () => {
    set({ operation: "create", kind: "half-created" });
    const error = await make("data").then(
      () => assert.fail("no error"),
      (reason) => reason,
    );
    assert.ok(error instanceof InitializationError);
    assert.equal(error.id, "data-bucket");
    assert.equal(error.properties.arn, "arn:aws:s3:::data-bucket");
    assert.equal(cloud.store.list().length, 1);
  });

  it("are ridden out when they throttle for a while, and not when they go on", async () => {
    set({ operation: "create", kind: "throttling", times: 5 });
    assert.equal((await make("data")).id, "data-bucket");
    assert.equal(cloud.waits.length, 5);
    assert.ok((cloud.waits[4] ?? 0) > (cloud.waits[0] ?? 0));
    set({ operation: "create", kind: "throttling", times: 100 });
    await assert.rejects(make("other"), /exceeded maximum number of attempts, 25.*ThrottlingException/);
  });

  it("delay calls without failing them", async () => {
    set({ operation: "create", delayMs: 700 });
    await make("data");
    assert.deepEqual(cloud.waits, [700]);
  });

  it("make a resource look deleted", async () => {
    const made = await make("data");
    set({ operation: "read", kind: "not-found" });
    assert.equal(await cloud.provider.read(made.target, made.id), undefined);
    assert.equal((await cloud.provider.read(made.target, made.id))?.id, made.id);
  });

  it("have words for every kind on every provider", async () => {
    const types = {
      aws: BUCKET,
      "azure-native": "azure-native:network:VirtualNetwork",
      gcp: "gcp:storage/bucket:Bucket",
      kubernetes: "kubernetes:apps/v1:Deployment",
      "docker-build": "docker-build:index:Image",
    };
    for (const name of PACKAGES)
      for (const kind of FAULT_KINDS) {
        set({ operation: "delete", kind, times: 1000 });
        const target = cloud.target(types[name], `${name}-${kind}`);
        await assert.rejects(cloud.provider.delete(target, "x"), (error: Error) => error.message.length > 15);
      }
  });

  it("are refused when the file is wrong, with what is allowed", () => {
    set({ operation: "create", kind: "flood" }, { operation: "make" });
    assert.throws(
      () => new Faults(cloud.faultsFile, cloud.folder),
      /0\.kind: .*"quota".*1\.operation: .*"create"/,
    );
    writeFileSync(cloud.faultsFile, "[");
    assert.throws(() => new Faults(cloud.faultsFile, cloud.folder), /faults\.json is not JSON/);
  });
});
