import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../runtime/config.ts";
import { ApiError } from "../../runtime/errors.ts";
import { bucketUrlForms } from "../../runtime/object-store/bucket-urls.ts";
import { queueUrlForms } from "../../runtime/queue/queue-urls.ts";
import { secretUrlForms } from "../../runtime/secrets/secret-urls.ts";

const minimum = { SKYLOOM_BUCKET: "file:///tmp/bucket", SKYLOOM_QUEUE: "sqlite:///tmp/queue.db" };

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ApiError);
    assert.equal(error.code, "invalid-configuration");
    for (const problem of error.problems) assert.ok(error.message.includes(problem.message));
    return error.problems.map((problem) => problem.path).sort();
  }
  throw new assert.AssertionError({ message: "readConfig accepted it" });
}

function messageOf(environment: Record<string, string>): string {
  try {
    readConfig({ ...minimum, ...environment });
  } catch (error) {
    return (error as Error).message;
  }
  throw new assert.AssertionError({ message: "readConfig accepted it" });
}

describe("runtime configuration", () => {
  it("takes what tasks share, and tells all that is wrong with it", () => {
    const required = { SKYLOOM_BUCKET: "file:///bucket", SKYLOOM_QUEUE: "sqlite:///queue.db" };
    const { declaredPools } = readConfig({ ...required, SKYLOOM_CAPACITY: "cpu=4; farm: gpu/h100=8" });
    assert.deepEqual(
      [...declaredPools],
      [
        ["default", { cpu: 4, gpus: {} }],
        ["farm", { gpus: { h100: 8 } }],
      ],
    );
    assert.throws(
      () => readConfig({ ...required, SKYLOOM_CAPACITY: "cpu=many; Farm: gpu=1" }),
      /SKYLOOM_CAPACITY: "cpu=many" is not understood.*\n.*SKYLOOM_CAPACITY: "Farm" is no name of a pool/,
    );
  });

  it("fills the documented defaults", () => {
    const config = readConfig(minimum);
    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.port, 8080);
    assert.equal(config.workflowPort, 8084);
    assert.equal(config.runRetentionDays, 90);
    assert.equal(config.jobRetentionDays, 90);
    assert.equal(config.token, undefined);
    assert.deepEqual(config.executionProviders, [{ name: "cpu", deviceIds: [] }]);
    assert.equal(config.modelMemoryBytes, undefined);
    assert.equal(config.modelControl, "automatic");
  });

  it("reads how models are served, and names what is allowed", () => {
    const config = readConfig({
      ...minimum,
      SKYLOOM_EXECUTION_PROVIDERS: "cuda:1,cpu",
      SKYLOOM_MODEL_MEMORY_BYTES: "2000000000",
    });
    assert.deepEqual(config.executionProviders, [
      { name: "cuda", deviceIds: [1] },
      { name: "cpu", deviceIds: [] },
    ]);
    assert.equal(config.modelMemoryBytes, 2_000_000_000);
    assert.match(
      messageOf({ SKYLOOM_EXECUTION_PROVIDERS: "gpu" }),
      /SKYLOOM_EXECUTION_PROVIDERS: "gpu" .* cpu, cuda/,
    );
  });

  it("reads what calls may reach beside public addresses", () => {
    const read = (text: string) =>
      readConfig({ ...minimum, SKYLOOM_ALLOW_PRIVATE_ADDRESSES: text }).allowPrivateAddresses;
    assert.deepEqual(read(""), []);
    assert.deepEqual(read("10.1.0.0/16, build.internal,"), ["10.1.0.0/16", "build.internal"]);
    const message = messageOf({ SKYLOOM_ALLOW_PRIVATE_ADDRESSES: "10.1.0.0/40,host:80" });
    assert.match(message, /SKYLOOM_ALLOW_PRIVATE_ADDRESSES: "10\.1\.0\.0\/40" must be an address/);
    assert.match(message, /"host:80" must be/);
  });

  it("reads the keys of models, and needs a store of secrets for keys to sign with", () => {
    const key = Buffer.alloc(32, 9).toString("base64");
    assert.deepEqual(readConfig({ ...minimum, SKYLOOM_MODEL_KEYS: `${key},` }).modelKeys, [key]);
    assert.match(messageOf({ SKYLOOM_MODEL_KEYS: "abc" }), /SKYLOOM_MODEL_KEYS: "abc" must be an ed25519/);
    assert.match(
      messageOf({ SKYLOOM_WEBHOOK_SECRET: "key" }),
      /SKYLOOM_SECRETS: is required with SKYLOOM_WEB/,
    );
    assert.match(
      messageOf({ SKYLOOM_MODEL_SIGNING_SECRET: "key" }),
      /SKYLOOM_SECRETS: is required with SKYLOOM_MODEL_SIGNING_SECRET/,
    );
  });

  it("reports every problem at once", () => {
    const paths = problemsOf({
      SKYLOOM_PORT: "99999",
      SKYLOOM_LOG_LEVEL: "loud",
      SKYLOOM_MODEL_CONTROL: "none",
      SKYLOOM_BUCKET: "/tmp/bucket",
      SKYLOOM_QUEUE: "sqlite:///tmp/queue.db",
      SKYLOOM_PROT: "1",
    });
    assert.deepEqual(paths, [
      "SKYLOOM_BUCKET",
      "SKYLOOM_LOG_LEVEL",
      "SKYLOOM_MODEL_CONTROL",
      "SKYLOOM_PORT",
      "SKYLOOM_PROT",
    ]);
  });

  it("takes every form of a bucket and a queue, and lists them where it is none", () => {
    for (const { form } of Object.values(bucketUrlForms))
      assert.ok(messageOf({ SKYLOOM_BUCKET: "https://x/y" }).includes(form));
    for (const { form } of Object.values(queueUrlForms))
      assert.ok(messageOf({ SKYLOOM_QUEUE: "/queue.db" }).includes(form));
    const bucket = "s3://models?region=eu-west-1";
    const queue = "sqs://123456789012/jobs?deadLetters=jobs-dead";
    const config = readConfig({ SKYLOOM_BUCKET: bucket, SKYLOOM_QUEUE: queue });
    assert.deepEqual([config.bucket, config.queue], [bucket, queue]);
  });

  it("takes every form of a store of secrets, and needs none", () => {
    assert.equal(readConfig(minimum).secrets, undefined);
    for (const { form } of Object.values(secretUrlForms))
      assert.ok(messageOf({ SKYLOOM_SECRETS: "vault://x" }).includes(form));
    assert.deepEqual(problemsOf({ ...minimum, SKYLOOM_SECRETS: "" }), ["SKYLOOM_SECRETS"]);
    const secrets = "awssecrets://123456789012/skyloom?region=eu-west-1";
    assert.equal(readConfig({ ...minimum, SKYLOOM_SECRETS: secrets }).secrets, secrets);
  });

  it("refuses to listen off loopback without a token", () => {
    assert.deepEqual(problemsOf({ ...minimum, SKYLOOM_HOST: "0.0.0.0" }), ["SKYLOOM_TOKEN"]);
    const token = "0123456789abcdef";
    assert.equal(readConfig({ ...minimum, SKYLOOM_HOST: "0.0.0.0", SKYLOOM_TOKEN: token }).host, "0.0.0.0");
  });

  it("takes the token from a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    const file = join(folder, "token");
    writeFileSync(file, "0123456789abcdef\n");
    const open = { ...minimum, SKYLOOM_HOST: "0.0.0.0" };
    assert.equal(readConfig({ ...open, SKYLOOM_TOKEN_FILE: file }).token, "0123456789abcdef");
    writeFileSync(file, "short\n");
    assert.deepEqual(problemsOf({ ...minimum, SKYLOOM_TOKEN_FILE: file }), ["SKYLOOM_TOKEN"]);
    rmSync(folder, { recursive: true });
    assert.deepEqual(problemsOf({ ...minimum, SKYLOOM_TOKEN_FILE: file }), ["SKYLOOM_TOKEN_FILE"]);
    const both = { ...minimum, SKYLOOM_TOKEN: "0123456789abcdef", SKYLOOM_TOKEN_FILE: file };
    assert.deepEqual(problemsOf(both), ["SKYLOOM_TOKEN_FILE"]);
  });

  it("takes calls of workflows off loopback only where they are signed", () => {
    const open = { ...minimum, SKYLOOM_WORKFLOW_HOST: "0.0.0.0" };
    assert.deepEqual(problemsOf(open), ["SKYLOOM_WORKFLOW_KEY"]);
    assert.deepEqual(problemsOf({ ...open, SKYLOOM_WORKFLOW_KEY: "secret" }), ["SKYLOOM_WORKFLOW_KEY"]);
    const key = "publickeyv1_AfUWViZsmaR1n9ppYY2BmZGfJMCJn4XWwDmM2YAoe6De";
    assert.equal(readConfig({ ...open, SKYLOOM_WORKFLOW_KEY: key }).workflowKey, key);
    assert.equal(readConfig({ ...open, SKYLOOM_SERVE_WORKFLOWS: "false" }).serveWorkflows, false);
  });

  it("refuses a token that is too short to be a secret", () => {
    assert.deepEqual(problemsOf({ ...minimum, SKYLOOM_TOKEN: "short" }), ["SKYLOOM_TOKEN"]);
  });
});
