import assert from "node:assert/strict";
import { parseUrl } from "../../runtime/back-end-url.ts";
import { bucketUrlForms } from "../../runtime/object-store/bucket-urls.ts";
import { queueUrlForms } from "../../runtime/queue/queue-urls.ts";

function problemsOf(url: string, forms: typeof bucketUrlForms | typeof queueUrlForms): string[] {
  const result = parseUrl(url, forms);
  return "problems" in result ? result.problems : [];
}

describe("URLs of back ends", () => {
  const bucket = (url: string) => parseUrl(url, bucketUrlForms);
  const queue = (url: string) => parseUrl(url, queueUrlForms);

  it("are read into their parts", () => {
    assert.deepEqual(
      bucket("s3://my.bucket?region=eu-west-1&endpoint=http://127.0.0.1:9000&forcePathStyle=true"),
      {
        parsed: {
          protocol: "s3:",
          place: { bucket: "my.bucket" },
          parameters: { region: "eu-west-1", endpoint: "http://127.0.0.1:9000", forcePathStyle: true },
        },
      },
    );
    assert.deepEqual(bucket("azblob://account/container"), {
      parsed: { protocol: "azblob:", place: { account: "account", container: "container" }, parameters: {} },
    });
    assert.deepEqual(bucket("gs://bucket"), {
      parsed: { protocol: "gs:", place: { bucket: "bucket" }, parameters: {} },
    });
    assert.deepEqual(queue("sqs://123456789012/jobs?deadLetters=dead&region=us-east-1"), {
      parsed: {
        protocol: "sqs:",
        place: { account: "123456789012", name: "jobs" },
        parameters: { deadLetters: "dead", region: "us-east-1" },
      },
    });
    assert.deepEqual(queue("azqueue://account/jobs?deadLetters=dead"), {
      parsed: {
        protocol: "azqueue:",
        place: { account: "account", name: "jobs" },
        parameters: { deadLetters: "dead" },
      },
    });
    assert.deepEqual(queue("pubsub://my-project/jobs?deadLetters=dead"), {
      parsed: {
        protocol: "pubsub:",
        place: { project: "my-project", name: "jobs" },
        parameters: { deadLetters: "dead" },
      },
    });
  });

  it("tell every form where they are none", () => {
    for (const url of [
      "",
      "bucket",
      "http://bucket",
      "s3:bucket",
      "s3://",
      "s3://Bucket",
      "s3://a/b",
      "s3://bucket#x",
    ])
      assert.deepEqual(problemsOf(url, bucketUrlForms), [
        "must be file:///absolute/folder or s3://BUCKET[?region=REGION&endpoint=URL&forcePathStyle=true] or " +
          "azblob://ACCOUNT/CONTAINER[?endpoint=URL] or gs://BUCKET[?endpoint=URL]",
      ]);
    for (const url of [
      "sqs://123/jobs?deadLetters=d",
      "sqs://123456789012?deadLetters=d",
      "azqueue://account",
    ])
      assert.match(String(problemsOf(url, queueUrlForms)), /^must be sqlite:\/\/\/absolute\/file.db or sqs:/);
  });

  it("tell all that is wrong with parameters at once", () => {
    assert.deepEqual(
      problemsOf("s3://bucket?region=Mars&endpoint=ftp://x&forcePathStyle=1&key=secret", bucketUrlForms),
      [
        "parameter region must be the name of a region, such as eu-west-1",
        "parameter endpoint must be http://HOST[:PORT] or https://HOST[:PORT]",
        'parameter forcePathStyle must be "true" or "false"',
        "has no parameter key: known are region, endpoint, forcePathStyle (s3://BUCKET[?region=REGION&endpoint=URL&forcePathStyle=true])",
      ],
    );
    assert.deepEqual(problemsOf("sqs://123456789012/jobs", queueUrlForms), [
      "parameter deadLetters is required (sqs://ACCOUNT/NAME?deadLetters=NAME[&region=REGION&endpoint=URL])",
    ]);
    assert.deepEqual(problemsOf("gs://bucket?endpoint=http://a&endpoint=http://b", bucketUrlForms), [
      "parameter endpoint must be given once",
    ]);
  });

  it("hold no credentials", () => {
    for (const url of ["s3://key:secret@bucket", "sqs://key@123456789012/jobs?deadLetters=d"])
      assert.match(
        String([...problemsOf(url, bucketUrlForms), ...problemsOf(url, queueUrlForms)]),
        /credentials/,
      );
  });
});
