import assert from "node:assert/strict";
import { getServiceQuota } from "@pulumi/aws/servicequotas/getServiceQuota.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import { ComponentResource, Config, interpolate, log, secret } from "@pulumi/pulumi";
import { recordProgram } from "../../../simulator/recording/record-program.ts";
import { UNKNOWN } from "../../../simulator/values.ts";

const config = { "aws:region": "eu-west-1" };

class Group extends ComponentResource {
  constructor(options = {}) {
    super("test:index:Group", "group", {}, options);
  }
}

describe("recording of a program", () => {
  it("keeps inputs, parents, dependencies and options", async () => {
    const recording = await recordProgram(
      () => {
        const parent = new Group();
        const queue = new Queue("queue", { visibilityTimeoutSeconds: 60 }, { parent, protect: true });
        new QueuePolicy("policy", { queueUrl: queue.url, policy: secret("{}") }, { parent });
        return { url: queue.url, hidden: secret(interpolate`${queue.arn}!`) };
      },
      { config },
    );
    const queue = recording.one("aws:sqs/queue:Queue");
    assert.equal(queue.parent, recording.one("test:index:Group").urn);
    assert.equal(queue.inputs.visibilityTimeoutSeconds, 60);
    assert.equal(queue.protect, true);
    const policy = recording.one("aws:sqs/queuePolicy:QueuePolicy", "policy");
    assert.deepEqual(policy.dependencies, [queue.urn]);
    assert.equal(policy.inputs.queueUrl, recording.result.url);
    assert.deepEqual(policy.secrets, ["policy"]);
    assert.match(String(recording.result.url), /^https:\/\/sqs\.eu-west-1\./);
    assert.deepEqual(recording.resultSecrets, ["hidden"]);
  });

  it("leaves computed outputs unknown in a preview", async () => {
    const recording = await recordProgram(
      () => {
        const queue = new Queue("queue", {});
        new QueuePolicy("policy", { queueUrl: queue.url, policy: "{}" });
      },
      { config, preview: true },
    );
    assert.equal(recording.one("aws:sqs/queuePolicy:QueuePolicy").inputs.queueUrl, UNKNOWN);
  });

  it("runs transforms of a parent on its children", async () => {
    const recording = await recordProgram(
      () => {
        const transform = ({ type, props, opts }: { type: string; props: object; opts: object }) =>
          type === "aws:sqs/queue:Queue" ? { props: { ...props, delaySeconds: 7 }, opts } : undefined;
        new Queue("queue", {}, { parent: new Group({ transforms: [transform] }) });
      },
      { config },
    );
    assert.equal(recording.one("aws:sqs/queue:Queue").inputs.delaySeconds, 7);
  });

  it("reports every input that a provider refuses, and lets the next recording start clean", async () => {
    const wrong = recordProgram(
      () => {
        new Queue("queue", { delaySeconds: "soon", tags: { stack: 1 } } as never);
      },
      { config },
    );
    await assert.rejects(wrong, /delaySeconds(.|\n)*tags/);
    assert.deepEqual((await recordProgram(() => {}, { config })).resources, []);
  });

  it("throws what the program throws", async () => {
    const thrown = recordProgram(() => {
      throw new Error("not this region");
    });
    await assert.rejects(thrown, /not this region/);
  });

  it("gives configuration, keeps log lines, answers invokes", async () => {
    const quota = { serviceCode: "ec2", quotaCode: "L-417A185B" };
    const program = async () => {
      await log.warn("too small");
      return { region: new Config("aws").require("region"), value: (await getServiceQuota(quota)).value };
    };
    const first = await recordProgram(program, { config, quotas: { "aws/L-417A185B": 3 } });
    assert.deepEqual(first.result, { region: "eu-west-1", value: 3 });
    assert.deepEqual(first.log, [{ severity: "warning", message: "too small" }]);
    assert.deepEqual(
      first.invokes.map(({ token }) => token),
      ["aws:servicequotas/getServiceQuota:getServiceQuota"],
    );
    const refused = recordProgram(program, {
      config,
      invokes: {
        "aws:servicequotas/getServiceQuota:getServiceQuota": () => {
          throw new Error("AccessDenied");
        },
      },
    });
    await assert.rejects(refused, /AccessDenied/);
  });
});
