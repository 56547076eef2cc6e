import assert from "node:assert/strict";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { development, pool, refusal } from "./fixture.ts";

const L4 = "PREEMPTIBLE-NVIDIA-L4-GPUS-per-project-region";
const TOKEN = "gcp:cloudquota/getSQuotaInfo:getSQuotaInfo";

/** What Cloud Quotas answers for one quota; every other is unlimited. */
function answer(quotaId: string, dimensionsInfos: object[]) {
  const unlimited = [
    { applicableLocations: ["europe-west4", "global"], dimensions: {}, details: [{ value: "-1" }] },
  ];
  return {
    invokes: {
      [TOKEN]: (inputs: Record<string, unknown>) =>
        ({ dimensionsInfos: inputs.quotaId === quotaId ? dimensionsInfos : unlimited }) as never,
    },
  };
}

const entry = (value: string | undefined, dimensions = {}, location = "europe-west4") => ({
  applicableLocations: [location],
  dimensions,
  details: value === undefined ? [] : [{ value }],
});

async function check(change: Partial<CloudSettings>, options: Parameters<typeof refusal>[1]) {
  const { message, registered, log } = await refusal({ ...development, ...change }, options);
  const warnings = log.filter(({ severity }) => severity === "warning").map((line) => line.message);
  return { message, registered, warnings };
}

describe("quotas of Google Cloud", () => {
  it("refuses a pool that could not have one node, with quota, limit, need and where to ask", async () => {
    const { message, registered } = await check({}, answer(L4, [entry("0")]));
    assert.equal(registered, 0);
    assert.match(
      message ?? "",
      /skyloom:gpuPools\[0\]: quota PREEMPTIBLE-NVIDIA-L4-GPUS-per-project-region is 0 GPUs in europe-west4; .*need at least 1: ask for more at https:\/\/console\.cloud\.google\.com\/iam-admin\/quotas\?project=skyloom-test/,
    );
  });

  it("reads a limit that the interface leaves out as 0", async () => {
    assert.match((await check({}, answer(L4, [entry(undefined)]))).message ?? "", /is 0 GPUs/);
    assert.match((await check({}, answer(L4, [entry("")]))).message ?? "", /is 0 GPUs/);
  });

  it("warns where all nodes at once would be too many", async () => {
    const { message, warnings } = await check({}, answer(L4, [entry("1")]));
    assert.equal(message, undefined);
    assert.match(
      warnings[0] ?? "",
      /is 1 GPUs in europe-west4; skyloom:gpuPools\[0\] need 2 at their maximum/,
    );
  });

  it("says nothing where it is enough, or without limit", async () => {
    for (const value of ["2", "-1"]) {
      const { message, warnings } = await check({}, answer(L4, [entry(value)]));
      assert.equal(message, undefined);
      assert.deepEqual(
        warnings.filter((line) => line.includes(L4)),
        [],
      );
    }
  });

  it("keeps spot and on-demand apart", async () => {
    const onDemand = { gpuPools: [{ ...pool, spot: false }] };
    const enough = answer(L4, [entry("0")]);
    assert.equal((await check(onDemand, enough)).message, undefined);
    const none = answer("NVIDIA-L4-GPUS-per-project-region", [entry("0")]);
    assert.match((await check(onDemand, none)).message ?? "", /quota NVIDIA-L4-GPUS-per-project-region is 0/);
  });

  it("adds up pools that share a quota", async () => {
    const gpuPools = ["one", "two"].map((name) => ({ ...pool, name, minimum: 1 }));
    const { message } = await check({ gpuPools }, answer(L4, [entry("1")]));
    assert.match(message ?? "", /skyloom:gpuPools\[0\], skyloom:gpuPools\[1\] need at least 2/);
  });

  it("takes the entry of the region and of the GPU family", async () => {
    const family = "GPUS-PER-GPU-FAMILY-per-project-region";
    const gpuPools = [{ ...pool, accelerator: "h100", spot: false }];
    const { message } = await check(
      { gpuPools },
      answer(family, [
        entry("8", { gpu_family: "NVIDIA_B200" }),
        entry("8", { gpu_family: "NVIDIA_H100" }, "us-central1"),
        entry("0", { gpu_family: "NVIDIA_H100" }),
        entry("8"),
      ]),
    );
    assert.match(
      message ?? "",
      /GPUS-PER-GPU-FAMILY-per-project-region \(gpu_family=NVIDIA_H100\) is 0 GPUs/,
    );
  });

  it("warns of what cannot be read, and goes on", async () => {
    const invokes = {
      [TOKEN]: () => {
        throw new Error("googleapi: Error 403: Cloud Quotas API has not been used in project");
      },
    };
    const { message, warnings } = await check({}, { invokes });
    assert.equal(message, undefined);
    assert.match(
      warnings[0] ?? "",
      /quotas that could not be read .*PREEMPTIBLE-NVIDIA-L4-GPUS-per-project-region/,
    );
    assert.match(warnings[0] ?? "", /roles\/cloudquotas\.viewer/);
  });
});
