import assert from "node:assert/strict";
import { join } from "node:path";
import { parseUrl } from "../../../runtime/back-end-url.ts";
import { bucketUrlForms } from "../../../runtime/object-store/bucket-urls.ts";
import { queueUrlForms } from "../../../runtime/queue/queue-urls.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings, IMAGE, recordCloud } from "./record-cloud.ts";

const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

export const outputCases: CloudCase[] = [
  {
    name: "tells bucket, queue and dead letters in the form that the runtime takes",
    async run(fixture) {
      const { result } = await recordCloud(fixture, developmentSettings(fixture));
      assert.ok(
        "parsed" in parseUrl(String(result.bucket), bucketUrlForms),
        "the runtime refuses the bucket's URL",
      );
      assert.ok(
        "parsed" in parseUrl(String(result.queue), queueUrlForms),
        "the runtime refuses the queue's URL",
      );
      assert.match(String(result.bucket), fixture.urls.bucket);
      assert.match(String(result.queue), fixture.urls.queue);
      assert.match(String(result.deadLetter), fixture.urls.deadLetter);
      assert.match(String(result.logs), /\S/);
    },
  },
  {
    name: "gives the workload its bucket and queue",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      const text = JSON.stringify(recording.one(fixture.workloadType, "runtime").inputs);
      const { bucket, queue } = recording.result;
      for (const url of [bucket, queue]) assert.ok(text.includes(JSON.stringify(url)), `${url} in ${text}`);
      assert.match(recording.result.address.url, /^http:\/\/[^/]+:\d+$/);
    },
  },
  {
    name: "keeps the kubeconfig secret, and puts no password or token in it",
    needs: ["registry", "foundation"],
    async run(fixture) {
      const { result, resultSecrets } = await recordCloud(fixture, developmentSettings(fixture));
      assert.deepEqual(resultSecrets, ["kubeconfig"]);
      const { clusters, users } = JSON.parse(String(result.kubeconfig));
      assert.match(clusters[0].cluster.server, /^https:\/\//);
      assert.deepEqual(Object.keys(users[0].user), ["exec"]);
    },
    async without(fixture) {
      const { result } = await recordCloud(fixture, developmentSettings(fixture));
      assert.equal(result.kubeconfig, undefined);
    },
  },
  {
    name: "runs the image of skyloom:image, by its digest",
    needs: "registry",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      assert.equal(recording.result.image, IMAGE);
      assert.ok(JSON.stringify(recording.one(fixture.workloadType).inputs).includes(IMAGE));
      assert.deepEqual(recording.all("docker-build:index:Image"), []);
    },
    without: async (fixture) => {
      const { result } = await recordCloud(fixture, developmentSettings(fixture));
      assert.equal(result.image, undefined);
    },
  },
  {
    name: "builds and pushes an image for linux/amd64 where none is set, and runs it by its digest",
    needs: "registry",
    async run(fixture) {
      const settings = { ...developmentSettings(fixture), image: undefined };
      const recording = await recordCloud(fixture, settings);
      const { image, repository } = recording.result;
      assert.match(String(image), BY_DIGEST);
      assert.ok(String(image).startsWith(`${repository}@`), `${image} in ${repository}`);
      const { inputs, secrets } = recording.one("docker-build:index:Image");
      assert.equal(inputs.push, true);
      assert.deepEqual(inputs.platforms, ["linux/amd64"]);
      assert.equal(inputs.dockerfile.location, join(settings.projectFolder, "runtime", "Dockerfile"));
      // A registry that was there before takes the login of whoever runs the update.
      const hasLogin = secrets.some((path) => /password/.test(path));
      assert.equal(hasLogin, fixture.capabilities.foundation.supported, `secret are ${secrets.join(", ")}`);
    },
    without: async (fixture) => {
      const { result, resources } = await recordCloud(fixture, developmentSettings(fixture));
      assert.equal(result.repository, undefined);
      assert.deepEqual(
        resources.filter(({ type }) => /image/i.test(type)),
        [],
      );
    },
  },
  {
    name: "registers the same in a preview",
    async run(fixture) {
      const settings = developmentSettings(fixture);
      const names = async (preview: boolean) =>
        (await recordCloud(fixture, settings, { preview })).resources.map(({ urn }) => urn).toSorted();
      assert.deepEqual(await names(true), await names(false));
    },
  },
  {
    name: "gives two stacks buckets and queues of their own, however alike their names",
    needs: "foundation",
    async run(fixture) {
      const long = "long-name-".repeat(3);
      const urls = await storageOf(fixture, ["team-a", "team-b", "teama", `${long}1`, `${long}2`]);
      assert.deepEqual([...new Set(urls)], urls);
    },
    async without(fixture) {
      const urls = await storageOf(fixture, ["team-a", "team-b"]);
      assert.equal(new Set(urls).size, 2, "whatever the stack is called, they are the configured ones");
    },
  },
];

/** URLs of the buckets and queues of stacks that differ in their name alone. */
async function storageOf(fixture: CloudFixture, stacks: string[]): Promise<unknown[]> {
  const urls: unknown[] = [];
  for (const stack of stacks) {
    const { result } = await recordCloud(fixture, { ...developmentSettings(fixture), stack });
    urls.push(result.bucket, result.queue);
  }
  return urls;
}
