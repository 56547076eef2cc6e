import assert from "node:assert/strict";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { readProject } from "../../../../components/clouds/gcp/project.ts";
import { recordProgram } from "../../../../simulator/recording/record-program.ts";
import { development, pool, refusal } from "./fixture.ts";

/** The refusal's lines after the first, which says that nothing was changed. */
async function problems(
  change: Partial<CloudSettings>,
  options: Parameters<typeof refusal>[1] = {},
): Promise<string[]> {
  const { message, registered } = await refusal({ ...development, ...change }, options);
  assert.ok(message !== undefined, "nothing was refused");
  assert.equal(registered, 0, "resources before the refusal");
  const [first = "", ...lines] = message.split("\n").map((line) => line.trim());
  assert.match(first, /^stack \S+ cannot be brought up on gcp; nothing was changed:$/);
  return lines;
}

/** One problem and no other. */
async function problem(...args: Parameters<typeof problems>): Promise<string> {
  const found = await problems(...args);
  assert.equal(found.length, 1, found.join("\n"));
  return found[0] ?? "";
}

const gpu = (change: Partial<typeof pool>) => ({ gpuPools: [{ ...pool, ...change }] });

describe("what Google Cloud refuses before the first resource", () => {
  it("nothing of a right configuration", async () => {
    assert.equal((await refusal(development)).message, undefined);
  });

  it("everything wrong at once, each with its key", async () => {
    const found = await problems({
      region: "europe-west4",
      queue: { maximumDeliveries: 3, visibilitySeconds: 3600 },
      gpuPools: [
        { ...pool, accelerator: "l44" },
        { ...pool, name: "Big Pool", count: 3 },
        { ...pool, sharing: { mode: "mig", profile: "1g.5gb" } },
      ],
      publicEndpoint: { enabled: true, allowedCidrs: ["0.0.0.0/0", "10.0.0.0"] },
      image: "runtime:latest",
      logRetentionDays: 0,
    });
    assert.deepEqual(found.map((line) => line.split(": ")[0]).sort(), [
      "skyloom:gpuPools[0].accelerator",
      "skyloom:gpuPools[1].count",
      "skyloom:gpuPools[1].name",
      "skyloom:gpuPools[2].name",
      "skyloom:gpuPools[2].sharing",
      "skyloom:image",
      "skyloom:logRetentionDays",
      "skyloom:maximumDeliveries",
      "skyloom:publicEndpoint.allowedCidrs[0]",
      "skyloom:publicEndpoint.allowedCidrs[1]",
      "skyloom:visibilitySeconds",
    ]);
  });

  it("a missing or unknown region, with those there are", async () => {
    assert.match(await problem({ region: undefined }), /^skyloom:region: is not set; .*us-central1/);
    assert.match(
      await problem({ region: "us-central-1" }),
      /^skyloom:region: .*"us-central-1".*there are .*us-central1/,
    );
  });

  it("a missing or impossible project", async () => {
    const { result } = await recordProgram(() => readProject({}));
    assert.match(String(result), /^gcp:project: is not set; .*pulumi config set gcp:project/);
    const line = await problem({}, { config: { "gcp:project": "My Project" } });
    assert.match(line, /^gcp:project: must be .*"My Project"/);
  });

  it("no project that the environment names, as the provider takes it too", async () => {
    const { result } = await recordProgram(() => readProject({ GOOGLE_CLOUD_PROJECT: "skyloom-test" }));
    assert.equal((result as { id: string }).id, "skyloom-test");
  });

  it("an expired login, with the next step", async () => {
    const expired = () => {
      throw new Error("oauth2: invalid_grant: token has been expired or revoked");
    };
    const line = await problem({}, { invokes: { "gcp:organizations/getProject:getProject": expired } });
    assert.match(line, /^gcp:project: skyloom-test cannot be read: .*invalid_grant/);
    assert.match(line, /gcloud auth application-default login/);
  });

  it("an accelerator that the region lacks, with the nearest", async () => {
    const line = await problem({ ...gpu({ accelerator: "v100" }), region: "us-east4" });
    assert.match(
      line,
      /^skyloom:gpuPools\[0\]\.accelerator: .*v100 in us-east4; .*nearest accelerators there/,
    );
    assert.match(await problem(gpu({ accelerator: "a10g" })), /^skyloom:gpuPools\[0\]\.accelerator: /);
  });

  it("a machine type without that accelerator, and a general pool with one", async () => {
    assert.match(
      await problem(gpu({ machineType: "e2-standard-4" })),
      /^skyloom:gpuPools\[0\]\.machineType: .*does not have 1 × l4/,
    );
    const generalPool = { ...development.generalPool, machineType: "g2-standard-4" };
    assert.match(await problem({ generalPool }), /^skyloom:generalPool\.machineType: .*skyloom:gpuPools/);
  });

  it("zones of another region, without the accelerator, or named twice", async () => {
    const found = await problems(
      gpu({
        accelerator: "a100-80",
        zones: ["europe-west4-a", "europe-west4-b", "us-central1-a", "europe-west4-a"],
      }),
    );
    assert.equal(found.length, 3);
    assert.match(found[0] ?? "", /zones\[1\]: europe-west4-b has no a100-80; europe-west4-a has$/);
    assert.match(found[1] ?? "", /zones\[2\]: us-central1-a is no zone of europe-west4/);
    assert.match(found[2] ?? "", /zones\[3\]: europe-west4-a is named twice/);
    assert.match(await problem(gpu({ zones: [] })), /zones: must name one zone at least/);
  });

  it("sharing that GKE has not", async () => {
    assert.match(
      await problem(gpu({ sharing: { mode: "mig", profile: "1g.5gb" } })),
      /sharing: l4 cannot be partitioned; these can: a100-40/,
    );
    assert.match(
      await problem(gpu({ accelerator: "a100-40", sharing: { mode: "mig", profile: "1g.10gb" } })),
      /sharing: profile "1g\.10gb" is none of a100-40; it has 1g\.5gb/,
    );
    assert.match(
      await problem(gpu({ sharing: { mode: "timeSlicing", replicas: 49 } })),
      /sharing: replicas must be a whole number from 2 to 48/,
    );
  });

  it("numbers of nodes and sizes of disks that make no sense", async () => {
    assert.match(
      await problem(gpu({ minimum: 3 })),
      /gpuPools\[0\]\.minimum: must be a whole number from 0 to 2/,
    );
    assert.match(
      await problem(gpu({ diskGib: 10 })),
      /gpuPools\[0\]\.diskGib: must be a whole number from 30/,
    );
  });

  it("a public endpoint for nobody or everybody", async () => {
    const line = await problem({ publicEndpoint: { enabled: true, allowedCidrs: [] } });
    assert.match(line, /^skyloom:publicEndpoint\.allowedCidrs: must name the ranges/);
    for (const range of ["0.0.0.0/0", "::/0", "203.0.113.7/0"])
      assert.match(await problem({ publicEndpoint: { enabled: true, allowedCidrs: [range] } }), /everybody/);
  });

  it("no image and nothing to build one from", async () => {
    const line = await problem({ image: undefined, projectFolder: import.meta.dirname });
    assert.match(line, /^skyloom:image: is not set, and there is no runtime\/Dockerfile/);
  });

  it("a budget without an account to belong to, or for too many addresses", async () => {
    const invokes = {
      "gcp:organizations/getProject:getProject": () => ({ number: "1", billingAccount: "" }),
    };
    assert.match(await problem({}, { invokes }), /^skyloom:billingAccount: .*billing account cannot be seen/);
    assert.equal((await refusal({ ...development, budget: undefined }, { invokes })).message, undefined);
    const notify = [...Array.from({ length: 6 }, (_, index) => `a${index}@example.com`), "nobody"];
    const found = await problems({ budget: { monthlyUsd: 10, notify } });
    assert.match(found[0] ?? "", /budget\.notify: at most 5 addresses, not 7/);
    assert.match(found[1] ?? "", /budget\.notify\[6\]: must be an e-mail address/);
  });

  it("a stack whose name no bucket may have", async () => {
    assert.match(await problem({ stack: "google-prod" }), /^stack name "google-prod": .*"goog"/);
  });
});
