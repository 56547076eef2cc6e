import assert from "node:assert/strict";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { development, pool, refusal } from "./fixture.ts";

describe("look beforehand at azure", function () {
  // The types of the SDKs are read once, which takes seconds on a busy machine.
  this.timeout(30_000);
  const cases: [string, Partial<CloudSettings>, RegExp][] = [
    [
      "no region",
      { region: undefined },
      /skyloom:region: is not set; allowed for azure are eastus, .*westus2/,
    ],
    [
      "an unknown region",
      { region: "atlantis" },
      /skyloom:region: "atlantis" .* allowed for azure are eastus/,
    ],
    ["a stack name", { stack: "Dev_Azure" }, /stack name "Dev_Azure": Azure allows 1 to 40 lower-case/],
    [
      "an unknown accelerator",
      { gpuPools: [{ ...pool, accelerator: "rtx" }] },
      /skyloom:gpuPools\[0\]\.accelerator: accelerator "rtx" is not known; accelerators there: t4 \(16 GiB/,
    ],
    [
      "an accelerator that Azure lacks",
      { gpuPools: [{ ...pool, accelerator: "l4" }] },
      /skyloom:gpuPools\[0\]\.accelerator: azure has no machine type with accelerator l4.*nearest/,
    ],
    [
      "a count that no machine has",
      { gpuPools: [{ ...pool, count: 3 }] },
      /skyloom:gpuPools\[0\]\.count: .*exactly 3 × t4; counts there: 1, 4/,
    ],
    [
      "a machine without the accelerator",
      { gpuPools: [{ ...pool, machineType: "Standard_D4s_v5" }] },
      /skyloom:gpuPools\[0\]\.machineType: .*Standard_D4s_v5 does not have 1 × t4.*Standard_NC4as_T4_v3/,
    ],
    [
      "an unknown machine",
      { generalPool: { ...development.generalPool, machineType: "m5.large" } },
      /skyloom:generalPool\.machineType: machine type "m5.large"/,
    ],
    [
      "a reserved pool name",
      { gpuPools: [{ ...pool, name: "system" }] },
      /gpuPools\[0\]\.name: .* not "system"/,
    ],
    [
      "a pool name with a hyphen",
      { gpuPools: [{ ...pool, name: "t4-a" }] },
      /gpuPools\[0\]\.name: .* not "t4-a"/,
    ],
    ["two pools of a name", { gpuPools: [pool, pool] }, /skyloom:gpuPools: two pools are called "t4"/],
    [
      "too many zones",
      { gpuPools: [{ ...pool, zones: ["1", "2", "3", "4"] }] },
      /gpuPools\[0\]\.zones: .*1, 2, 3/,
    ],
    ["a zone twice", { gpuPools: [{ ...pool, zones: ["1", "1"] }] }, /gpuPools\[0\]\.zones: .* not "1, 1"/],
    [
      "too few nodes",
      { gpuPools: [{ ...pool, maximum: 0 }] },
      /gpuPools\[0\]\.maximum: must be a whole number from 1 to 1000, not 0/,
    ],
    [
      "too small a disk",
      { gpuPools: [{ ...pool, diskGib: 10 }] },
      /gpuPools\[0\]\.diskGib: must be a whole number from 30 to 2048, not 10/,
    ],
    [
      "time slicing",
      { gpuPools: [{ ...pool, sharing: { mode: "timeSlicing", replicas: 4 } }] },
      /gpuPools\[0\]\.sharing: AKS has no setting for time slicing/,
    ],
    [
      "partitions of a GPU without any",
      { gpuPools: [{ ...pool, sharing: { mode: "mig", profile: "1g.5gb" } }] },
      /gpuPools\[0\]\.sharing: the GPUs of Standard_NC4as_T4_v3 have no partitions/,
    ],
    [
      "a partition of another GPU",
      { gpuPools: [{ ...pool, accelerator: "a100-80", sharing: { mode: "mig", profile: "1g.5gb" } }] },
      /gpuPools\[0\]\.sharing: partition "1g.5gb" .*allowed are 1g\.10gb, 2g\.20gb/,
    ],
    [
      "an endpoint for everybody",
      { publicEndpoint: { enabled: true, allowedCidrs: ["203.0.113.0/24", "0.0.0.0/0"] } },
      /skyloom:publicEndpoint\.allowedCidrs\[1\]: 0\.0\.0\.0\/0 would let in everybody/,
    ],
    [
      "an endpoint without ranges",
      { publicEndpoint: { enabled: true, allowedCidrs: [] } },
      /allowedCidrs: must name the ranges .* without any, everybody is let in/,
    ],
    [
      "a range of IPv6",
      { publicEndpoint: { enabled: true, allowedCidrs: ["2001:db8::/32"] } },
      /allowedCidrs\[0\]: must be an IPv4 range/,
    ],
    ["a short retention", { logRetentionDays: 7 }, /skyloom:logRetentionDays: 7 must be 30 to 730/],
    [
      "a wrong address",
      { budget: { monthlyUsd: 0, notify: ["nobody"] } },
      /budget\.monthlyUsd: 0 must be above 0(.|\n)*budget\.notify: "nobody" is no e-mail address/,
    ],
    ["an image by tag", { image: "example.com/runtime:1" }, /skyloom:image: must be repository@sha256:/],
    [
      "no image",
      { image: undefined, projectFolder: "/nowhere" },
      /skyloom:image: is not set, and there is no runtime/,
    ],
  ];
  for (const [what, changes, expected] of cases)
    it(`refuses ${what} before the first resource`, async () => {
      const { message, registered } = await refusal({ ...development, ...changes });
      assert.match(message ?? "", expected);
      assert.match(message ?? "", /nothing was changed/);
      assert.equal(registered, 0);
    });

  it("tells all problems at once", async () => {
    const { message } = await refusal({
      ...development,
      logRetentionDays: 7,
      gpuPools: [
        { ...pool, accelerator: "rtx" },
        { ...pool, name: "T", count: 5 },
      ],
      publicEndpoint: { enabled: true, allowedCidrs: ["0.0.0.0/0"] },
      image: "example.com/runtime",
    });
    assert.equal(message?.split("\n").length, 7, String(message));
  });

  it("says how to log in when the login has expired", async () => {
    const { message, registered } = await refusal(development, {
      invokes: {
        "azure-native:authorization:getClientConfig": () => {
          throw new Error("AADSTS70043: The refresh token has expired");
        },
      },
    });
    assert.match(message ?? "", /cannot log in to Azure; run az login.*AADSTS70043/);
    assert.equal(registered, 0);
  });

  it("refuses administrators of no kind, no list, and one named twice", async () => {
    const id = "4ec04b0a-0000-4000-8000-000000000001";
    const given = [id, "group:staff", `group:${id}`, `group:${id}`];
    const { message } = await refusal(development, {
      config: { "skyloom:clusterAdmins": JSON.stringify(given) },
    });
    assert.match(message ?? "", /clusterAdmins\[0\]: must be such as group:0{8}.*not "4ec04b0a/);
    assert.match(message ?? "", /clusterAdmins\[1\]: .*not "group:staff"/);
    assert.match(message ?? "", /clusterAdmins\[3\]: .* is named twice/);
    assert.doesNotMatch(message ?? "", /clusterAdmins\[2\]/);
    const none = await refusal(development, { config: { "skyloom:clusterAdmins": "staff" } });
    assert.match(none.message ?? "", /skyloom:clusterAdmins: must be a list of administrators/);
  });

  it("wants administrators where the login does not tell who it is", async () => {
    const { message } = await refusal(development, {
      invokes: {
        "azure-native:authorization:getClientConfig": () => ({
          clientId: "client",
          objectId: "",
          subscriptionId: "s",
          tenantId: "t",
        }),
      },
    });
    assert.match(message ?? "", /skyloom:clusterAdmins: the login does not tell its object id/);
  });

  it("says which configuration is missing when the login has no subscription", async () => {
    const { message } = await refusal(development, {
      invokes: {
        "azure-native:authorization:getClientConfig": () => ({
          clientId: "",
          objectId: "",
          subscriptionId: "",
          tenantId: "t",
        }),
      },
    });
    assert.match(message ?? "", /azure-native:subscriptionId: the login has no subscription; run az login/);
  });

  it("refuses when the network watcher cannot be read, rather than taking flow logs away", async () => {
    const { message } = await refusal(development, {
      invokes: {
        "azure-native:network:getNetworkWatcher": () => {
          throw new Error("connection reset");
        },
      },
    });
    assert.match(message ?? "", /NetworkWatcher_westeurope: cannot read.*connection reset/);
  });
});
