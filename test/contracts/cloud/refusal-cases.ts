import assert from "node:assert/strict";
import type { GpuPoolSettings } from "../../../components/cloud.ts";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings, gpuPool, recordCloud, refusalOf } from "./record-cloud.ts";

interface Wrong {
  settings: CloudSettings;
  /** Must all be in the message: keys, values, what is allowed instead. */
  says: RegExp[];
  config?: Record<string, string>;
}

export const refusalCases: CloudCase[] = [
  refuses("an unknown region, with those there are", (fixture) => ({
    settings: { ...developmentSettings(fixture), region: "atlantis-1" },
    says: [/skyloom:region/, /atlantis-1/, new RegExp(fixture.development.settings.region ?? "")],
  })),
  refuses("a missing region", (fixture) => ({
    settings: { ...developmentSettings(fixture), region: undefined },
    says: [/skyloom:region/],
  })),
  refuses("an unknown accelerator, with those there are", (fixture) => ({
    settings: withPool(fixture, { accelerator: "voodoo2" }),
    says: [/skyloom:gpuPools\[0\]\.accelerator/, /voodoo2/, /t4/],
  })),
  refuses(
    "an accelerator that the region lacks, with the nearest and with regions that have it",
    (fixture) => {
      const { region, accelerator } = fixture.elsewhere;
      return {
        settings: { ...withPool(fixture, { accelerator }), region },
        config: fixture.providerConfigIn(region),
        says: [
          /skyloom:gpuPools\[0\]\.accelerator/,
          new RegExp(`${accelerator} in ${region}`),
          /nearest/,
          /regions with it/,
        ],
      };
    },
  ),
  refuses("a machine type without the GPU, with those that have it", (fixture) => ({
    settings: withPool(fixture, { machineType: fixture.machineTypeWithoutGpu }),
    says: [/skyloom:gpuPools\[0\]\.machineType/, new RegExp(fixture.machineTypeWithoutGpu), /t4/],
  })),
  refuses("two pools of one name", (fixture) => {
    const settings = developmentSettings(fixture);
    const pool = gpuPool(fixture);
    return {
      settings: { ...settings, gpuPools: [pool, pool] },
      says: [/skyloom:gpuPools/, new RegExp(`"${pool.name}"`)],
    };
  }),
  refuses("a cluster that the whole internet may reach", (fixture) => ({
    settings: {
      ...developmentSettings(fixture),
      publicEndpoint: { enabled: true, allowedCidrs: ["203.0.113.0/24", "0.0.0.0/0"] },
    },
    says: [/skyloom:publicEndpoint\.allowedCidrs\[1\]/, /0\.0\.0\.0\/0/],
  })),
  refuses("an image by a tag, which can be moved", (fixture) => ({
    settings: { ...developmentSettings(fixture), image: "registry.example.com/runtime:latest" },
    says: [/skyloom:image/, /sha256/],
  })),
  refuses("several problems at once", (fixture) => ({
    settings: {
      ...withPool(fixture, { accelerator: "voodoo2" }),
      image: "runtime:latest",
      publicEndpoint: { enabled: true, allowedCidrs: ["0.0.0.0/0"] },
    },
    says: [
      /skyloom:gpuPools\[0\]\.accelerator/,
      /skyloom:image/,
      /skyloom:publicEndpoint/,
      /nothing was changed/,
    ],
  })),
  {
    name: "refuses a stack name before the first resource, or makes names that the rules allow",
    async run(fixture) {
      for (const stack of ["google-prod", "Dev_Stack.2", "x".repeat(100), "-ends-", "a--b"]) {
        const settings = { ...developmentSettings(fixture), stack };
        const { message, registered } = await refusalOf(fixture, settings);
        if (message === undefined) await recordCloud(fixture, settings);
        else {
          assert.match(message, new RegExp(`stack name "${stack}"`));
          assert.deepEqual(registered, []);
        }
      }
    },
  },
];

/** Asserts that the settings are refused with these words before anything is registered. */
function refuses(what: string, wrong: (fixture: CloudFixture) => Wrong): CloudCase {
  return {
    name: `refuses ${what}`,
    needs: "gpuPools",
    async run(fixture) {
      const { settings, says, config } = wrong(fixture);
      const { message, registered } = await refusalOf(fixture, settings, config ? { config } : {});
      assert.ok(message !== undefined, "nothing was refused");
      assert.deepEqual(registered, []);
      for (const words of says) assert.match(message, words);
    },
    // Where nothing can be chosen, a choice changes nothing, or is refused as well.
    async without(fixture) {
      const { message, registered } = await refusalOf(fixture, wrong(fixture).settings);
      if (message === undefined)
        assert.deepEqual(registered, (await refusalOf(fixture, developmentSettings(fixture))).registered);
      else assert.match(message, /skyloom:/);
    },
  };
}

function withPool(fixture: CloudFixture, change: Partial<GpuPoolSettings>): CloudSettings {
  return { ...developmentSettings(fixture), gpuPools: [{ ...gpuPool(fixture), ...change }] };
}
