import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalQueue } from "../../../runtime/queue/local.ts";
import { configureLocalQueue, readLocalQueueSettings } from "../../../runtime/queue/local-settings.ts";
import { createFixture, type Fixture, freePort, isRunning, urn } from "./fixture.ts";

describe("local provider: Bucket, Queue, SecretFolder, Cluster", () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = createFixture();
  });
  afterEach(() => fixture.remove());

  it("makes a bucket, whose URL a preview knows, and finds it gone when it is", async () => {
    const inputs = { folder: join(fixture.folder, "with space", "bucket"), keepData: false };
    const bucket = urn("Bucket");
    const checked = await fixture.provider.check(bucket, {}, inputs);
    assert.deepEqual(checked.failures, []);
    assert.equal(checked.inputs.url, `file://${fixture.folder}/with%20space/bucket`);
    const { id, outs } = await fixture.provider.create(bucket, checked.inputs);
    assert.equal(existsSync(inputs.folder), true);
    assert.equal((await fixture.provider.read(id, bucket, outs)).id, id);
    await fixture.provider.delete(id, bucket, outs);
    assert.equal(existsSync(inputs.folder), false);
    assert.equal((await fixture.provider.read(id, bucket, outs)).id, "");
  });

  it("adopts what is in the bucket, and keeps it at the end when it should", async () => {
    const inputs = { folder: join(fixture.folder, "bucket"), keepData: true };
    mkdirSync(inputs.folder);
    writeFileSync(join(inputs.folder, "object"), "content");
    const { id, outs } = await fixture.provider.create(urn("Bucket"), inputs);
    await fixture.provider.delete(id, urn("Bucket"), outs);
    assert.equal(readFileSync(join(inputs.folder, "object"), "utf8"), "content");
  });

  it("makes a folder for secrets that is its user's alone, and closes it again", async () => {
    const inputs = { folder: join(fixture.folder, "secrets"), keepData: true };
    mkdirSync(inputs.folder, { mode: 0o755 });
    writeFileSync(join(inputs.folder, "api-key"), "secret");
    const secrets = urn("SecretFolder");
    const mode = () => statSync(inputs.folder).mode & 0o777;
    const checked = await fixture.provider.check(secrets, {}, inputs);
    assert.equal(checked.inputs.url, `file://${inputs.folder}`);
    const { id, outs } = await fixture.provider.create(secrets, checked.inputs);
    assert.equal(mode(), 0o700);
    assert.equal((await fixture.provider.diff(id, secrets, outs, checked.inputs)).changes, false);

    chmodSync(inputs.folder, 0o755); // by hand
    const { props } = await fixture.provider.read(id, secrets, outs);
    assert.equal((await fixture.provider.diff(id, secrets, props, checked.inputs)).changes, true);
    const updated = await fixture.provider.update(id, secrets, props, checked.inputs);
    assert.equal(mode(), 0o700);
    const { props: closed } = await fixture.provider.read(id, secrets, updated.outs);
    assert.equal((await fixture.provider.diff(id, secrets, closed, checked.inputs)).changes, false);

    await fixture.provider.delete(id, secrets, closed);
    assert.equal(readFileSync(join(inputs.folder, "api-key"), "utf8"), "secret");
  });

  it("refuses a bucket that is a file or has a relative path", async () => {
    const file = join(fixture.folder, "file");
    writeFileSync(file, "");
    const reasons = async (folder: string) => {
      const { failures = [] } = await fixture.provider.check(urn("Bucket"), {}, { folder, keepData: true });
      return failures.map(({ property, reason }) => `${property}: ${reason}`);
    };
    assert.deepEqual(await reasons(file), [`folder: ${file} is no folder`]);
    assert.deepEqual(await reasons("bucket"), ["folder: must be an absolute path"]);
  });

  it("configures a queue, follows changed settings and keeps the messages", async () => {
    const queue = urn("Queue");
    const file = join(fixture.folder, "queue", "queue.db");
    const inputs = { file, maximumDeliveries: 3, visibilitySeconds: 10, keepData: true };
    const checked = await fixture.provider.check(queue, {}, inputs);
    assert.equal(checked.inputs.url, `sqlite://${file}`);
    const { id, outs } = await fixture.provider.create(queue, checked.inputs);
    const messages = createLocalQueue({ file });
    await messages.send("one message");

    const changed = { ...checked.inputs, maximumDeliveries: 4 };
    assert.equal((await fixture.provider.diff(id, queue, outs, changed)).changes, true);
    const updated = await fixture.provider.update(id, queue, outs, changed);
    assert.deepEqual(readLocalQueueSettings(file), { maximumDeliveries: 4, visibilitySeconds: 10 });

    configureLocalQueue(file, { maximumDeliveries: 9 }); // by hand
    const { props } = await fixture.provider.read(id, queue, updated.outs);
    assert.equal((await fixture.provider.diff(id, queue, props, changed)).changes, true);

    await fixture.provider.delete(id, queue, updated.outs);
    assert.equal((await messages.depth()).visible, 1);
    await messages.close();
    await fixture.provider.delete(id, queue, { ...updated.outs, keepData: false });
    assert.equal(existsSync(file), false);
  });

  it("refuses settings that no queue has, all at once", async () => {
    const inputs = { file: "queue.db", maximumDeliveries: 0, visibilitySeconds: 1e6, keepData: "yes" };
    const { failures = [] } = await fixture.provider.check(urn("Queue"), {}, inputs);
    assert.deepEqual(failures.map(({ property }) => property).toSorted(), [
      "file",
      "keepData",
      "maximumDeliveries",
      "visibilitySeconds",
    ]);
  });

  it("removes a cluster with the processes that nobody else knows of", async () => {
    const cluster = { folder: join(fixture.folder, "processes") };
    const { id, outs } = await fixture.provider.create(urn("Cluster"), cluster);
    const left = await fixture.provider.create(urn("Process"), fixture.processInputs(await freePort()));
    await fixture.provider.delete(id, urn("Cluster"), outs);
    assert.equal(isRunning(left.outs.pid), false);
  });

  it("names the resource types there are", async () => {
    await assert.rejects(
      fixture.provider.check(urn("Balloon"), {}, {}),
      /unknown resource type skyloom:local:Balloon; known are skyloom:local:Bucket, /,
    );
  });
});
