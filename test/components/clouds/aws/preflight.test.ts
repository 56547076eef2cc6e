import assert from "node:assert/strict";
import { gpuPool, offerings, offeringsToken, recordStack, settingsOf } from "./aws-stack.ts";

const quotaToken = "aws:servicequotas/getServiceQuota:getServiceQuota";
const identityToken = "aws:index/getCallerIdentity:getCallerIdentity";

/** Asserts that the stack is refused with a message that holds each of the texts. */
async function refuses(stack: Promise<unknown>, ...texts: string[]): Promise<void> {
  const error = await stack.then(
    () => assert.fail("was not refused"),
    (thrown: Error) => thrown,
  );
  for (const text of texts) assert.ok(error.message.includes(text), `"${text}" is not in:\n${error.message}`);
}

describe("checks of an aws stack beforehand", () => {
  it("names all problems at once", async () => {
    const wrong = settingsOf("production", {
      queue: { maximumDeliveries: 1001, visibilitySeconds: 43_201 },
      generalPool: { minimum: 5, maximum: 451, machineType: "m7i.xlargee", diskGib: 10 },
      gpuPools: [
        { ...gpuPool, name: "GPU", accelerator: "t5" },
        { ...gpuPool, accelerator: "h100", count: 3 },
        { ...gpuPool, machineType: "m7i.large" },
        { ...gpuPool, name: "mig", sharing: { mode: "mig", profile: "1g.5gb" } },
        { ...gpuPool, name: "general", sharing: { mode: "timeSlicing", replicas: 1 } },
      ],
      publicEndpoint: { enabled: true, allowedCidrs: ["0.0.0.0/0", "10.0.0.0/8", "somewhere"] },
      budget: { monthlyUsd: 0, notify: ["nobody"] },
      image: "runtime:latest",
      logRetentionDays: 45,
      tags: { project: "skyloom", stack: "test", owner: "team#1", "cost-centre": "research" },
    });
    await refuses(
      recordStack(wrong, { config: { "aws:region": "us-east-1", "skyloom:clusterAdmins": '["admin"]' } }),
      "skyloom:maximumDeliveries: SQS allows 1 to 1000, not 1001",
      "skyloom:visibilitySeconds: SQS allows 0 to 43200, not 43201",
      'skyloom:generalPool.machineType: machine type "m7i.xlargee" is not in the price table',
      "skyloom:generalPool.maximum: must be a whole number from 1 to 450, not 451",
      "skyloom:generalPool.diskGib: must be a whole number from 30",
      'skyloom:gpuPools[0].name: must be at most 12 lower-case letters and digits, beginning with a letter, not "GPU"',
      'skyloom:gpuPools[0].accelerator: accelerator "t5" is not known',
      "skyloom:gpuPools[1].count: no machine type in aws us-east-1 has exactly 3 × h100; counts there: 1, 8",
      'skyloom:gpuPools[2].name: "t4" is taken by another pool',
      "skyloom:gpuPools[2].machineType: machine type m7i.large does not have 1 × t4",
      'skyloom:gpuPools[3].sharing: mode "mig" is not supported on aws',
      'skyloom:gpuPools[4].name: "general" is taken by another pool',
      "skyloom:gpuPools[4].sharing: replicas must be a whole number from 2, not 1",
      "skyloom:publicEndpoint.allowedCidrs[0]: 0.0.0.0/0 would let in everybody",
      "skyloom:publicEndpoint.allowedCidrs[1]: 10.0.0.0/8 is a private range",
      'skyloom:publicEndpoint.allowedCidrs[2]: must be an IPv4 range such as 203.0.113.0/24, not "somewhere"',
      "skyloom:budget.monthlyUsd: must be above 0",
      'skyloom:budget.notify[0]: must be an e-mail address, not "nobody"',
      'skyloom:image: must be repository@sha256: and 64 hexadecimal digits, not "runtime:latest"',
      "skyloom:logRetentionDays: CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90,",
      'tag owner: "team#1" must be',
      'skyloom:clusterAdmins[0]: must be such as arn:aws:iam::123456789012:role/admin, not "admin"',
      "nothing was changed",
    );
  });

  it("registers nothing when something is wrong", async () => {
    const seen: string[] = [];
    const transform = ({ name }: { name: string }) => {
      seen.push(name);
      return undefined;
    };
    await refuses(
      recordStack(settingsOf("development", { logRetentionDays: 2, transform })),
      "logRetentionDays",
    );
    assert.deepEqual(seen, []);
  });

  it("refuses a region that is not known, with the nearest", async () => {
    await refuses(
      recordStack(settingsOf("development", { region: "us-east-11" })),
      'skyloom:region: aws region "us-east-11" is not in the price table; did you mean us-east-1? There are ',
    );
    await refuses(
      recordStack(settingsOf("development", { region: undefined })),
      "skyloom:region: is not set",
    );
  });

  it("refuses a region that is not the provider's", async () => {
    await refuses(
      recordStack(settingsOf("development", { region: "us-west-2" })),
      "aws:region: is us-east-1, but skyloom:region is us-west-2; they must be the same: pulumi config set aws:region us-west-2",
    );
  });

  it("refuses an accelerator that the region lacks, with the nearest", async () => {
    const gpuPools = [{ ...gpuPool, accelerator: "p4" }];
    await refuses(
      recordStack(settingsOf("development", { gpuPools })),
      "skyloom:gpuPools[0].accelerator: aws has no machine type with accelerator p4",
      "nearest accelerators there: t4",
    );
  });

  it("says what to do when the login is expired, and names what else is wrong", async () => {
    const invokes = {
      [identityToken]: () => {
        throw new Error("ExpiredToken: The security token included in the request is expired");
      },
    };
    await refuses(
      recordStack(settingsOf("development", { logRetentionDays: 2 }), { invokes }),
      "the login at AWS cannot be used: ",
      "The security token included in the request is expired. Log in with aws sso login",
      "skyloom:logRetentionDays",
    );
  });

  it("gives the role of a session access, not the session", async () => {
    const recording = await recordStack(settingsOf("development"), {
      invokes: {
        [identityToken]: () => ({
          accountId: "123456789012",
          arn: "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0/someone",
          id: "123456789012",
          userId: "AROA:someone",
        }),
        "aws:iam/getSessionContext:getSessionContext": () => ({
          issuerArn: "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0",
        }),
      },
    });
    const entry = recording.one("aws:eks/accessEntry:AccessEntry");
    assert.equal(
      entry.inputs.principalArn,
      "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0",
    );
    assert.deepEqual(entry.ignoreChanges, ["principalArn"]);
  });

  it("gives access to the administrators that are named, and to nobody else", async () => {
    const arns = ["arn:aws:iam::123456789012:role/deploy", "arn:aws:iam::123456789012:role/on-call"];
    const recording = await recordStack(settingsOf("development"), {
      config: { "aws:region": "us-east-1", "skyloom:clusterAdmins": JSON.stringify(arns) },
    });
    const entries = recording.all("aws:eks/accessEntry:AccessEntry");
    assert.deepEqual(entries.map(({ inputs }) => inputs.principalArn).sort(), arns);
  });

  it("keeps a pool to the zones that offer its machine", async () => {
    const invokes = { [offeringsToken]: offerings("us-east-1b", "us-east-1f") };
    const recording = await recordStack(settingsOf("development"), { invokes });
    const subnet = recording.one("aws:ec2/subnet:Subnet", "private-b");
    assert.deepEqual(recording.one("aws:eks/nodeGroup:NodeGroup", "pool-t4").inputs.subnetIds, [subnet.id]);
    assert.deepEqual(recording.log, []);
  });

  it("refuses zones that do not offer the machine, or do not exist", async () => {
    const invokes = { [offeringsToken]: offerings("us-east-1f") };
    await refuses(
      recordStack(settingsOf("development"), { invokes }),
      "skyloom:gpuPools[0].zones: g4dn.xlarge is offered in us-east-1f, none of which the cluster uses; name some of them here",
    );
    const gpuPools = [{ ...gpuPool, zones: ["us-east-1a", "us-east-1z", "us-east-1f", "us-east-1f"] }];
    await refuses(
      recordStack(settingsOf("development", { gpuPools }), { invokes }),
      "skyloom:gpuPools[0].zones[0]: g4dn.xlarge is offered in us-east-1f, not in us-east-1a",
      "skyloom:gpuPools[0].zones[1]: us-east-1z is no zone of us-east-1; there are us-east-1a, us-east-1b",
      "skyloom:gpuPools[0].zones[3]: us-east-1f is named twice",
    );
  });

  it("makes a subnet in a further zone for a pool that names it", async () => {
    const gpuPools = [{ ...gpuPool, zones: ["us-east-1f"] }];
    const invokes = { [offeringsToken]: offerings("us-east-1f") };
    const recording = await recordStack(settingsOf("development", { gpuPools }), { invokes });
    const subnet = recording.one("aws:ec2/subnet:Subnet", "private-f");
    assert.equal(subnet.inputs.cidrBlock, "10.0.160.0/19");
    assert.deepEqual(recording.one("aws:eks/nodeGroup:NodeGroup", "pool-t4").inputs.subnetIds, [subnet.id]);
    assert.ok(!recording.one("aws:eks/cluster:Cluster").inputs.vpcConfig.subnetIds.includes(subnet.id));
  });

  it("goes on with a warning where offers cannot be read", async () => {
    const invokes = {
      [offeringsToken]: () => {
        throw new Error("UnauthorizedOperation");
      },
    };
    const recording = await recordStack(settingsOf("development"), { invokes });
    assert.equal(recording.one("aws:eks/nodeGroup:NodeGroup", "pool-t4").inputs.subnetIds.length, 3);
    assert.match(
      recording.log[0]?.message ?? "",
      /which zones of us-east-1 offer g4dn\.xlarge could not be read/,
    );
  });
});

describe("quotas of an aws stack", () => {
  const spot = [{ ...gpuPool, maximum: 1 }];
  const onDemand = [{ ...gpuPool, spot: false, maximum: 1 }];
  const withQuotas = (gpuPools: (typeof gpuPool)[], quotas: Record<string, number>) =>
    recordStack(settingsOf("development", { gpuPools }), { quotas });

  it("refuses a pool that could have no node, with quota, have, need and where to ask", async () => {
    await refuses(
      withQuotas(onDemand, { "aws/L-DB2E81BA": 3 }),
      'skyloom:gpuPools[0]: quota "Running On-Demand G and VT instances" (L-DB2E81BA) is 3 vCPUs in us-east-1; skyloom:gpuPools[0] need at least 4: ask for more at https://us-east-1.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-DB2E81BA',
    );
  });

  it("keeps spot and on-demand apart", async () => {
    const { log } = await withQuotas(spot, { "aws/L-DB2E81BA": 0 });
    assert.deepEqual(log, []);
    await refuses(withQuotas(spot, { "aws/L-3819A6DF": 0 }), "All G and VT Spot Instance Requests");
  });

  it("accepts exactly enough", async () => {
    const { log } = await withQuotas(onDemand, {
      "aws/L-DB2E81BA": 4,
      "aws/L-1216C47A": 12,
      "aws/L-0263D0A3": 1,
    });
    assert.deepEqual(log, []);
  });

  it("warns where not all nodes can be had at once", async () => {
    const { log } = await withQuotas([{ ...gpuPool, maximum: 3 }], { "aws/L-3819A6DF": 11 });
    assert.equal(log.length, 1);
    assert.match(
      log[0]?.message ?? "",
      /is 11 vCPUs in us-east-1; skyloom:gpuPools\[0\] need 12 at their maximum/,
    );
  });

  it("counts what is always there of all pools together", async () => {
    const pools = ["one", "two"].map((name) => ({ ...gpuPool, name, minimum: 1, maximum: 1 }));
    await refuses(
      withQuotas(pools, { "aws/L-3819A6DF": 7 }),
      "skyloom:gpuPools[0], skyloom:gpuPools[1] need at least 8",
    );
  });

  it("counts the addresses of the NAT gateways", async () => {
    await refuses(
      recordStack(settingsOf("production"), { quotas: { "aws/L-0263D0A3": 2 } }),
      '"EC2-VPC Elastic IPs" (L-0263D0A3) is 2 addresses in us-east-1; the NAT gateways need at least 3',
    );
  });

  it("goes on with a warning where quotas cannot be read", async () => {
    const invokes = {
      [quotaToken]: () => {
        throw new Error("AccessDeniedException");
      },
    };
    const { log } = await recordStack(settingsOf("development"), { invokes });
    assert.equal(log.length, 1);
    assert.equal(log[0]?.severity, "warning");
    assert.match(
      log[0]?.message ?? "",
      /could not be read in us-east-1, so unknown: .*L-1216C47A.*L-3819A6DF/,
    );
  });
});
