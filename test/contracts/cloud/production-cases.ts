import assert from "node:assert/strict";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import type { RecordedResource } from "../../../simulator/recording/record-program.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings, IMAGE, recordCloud } from "./record-cloud.ts";

export const productionCases: CloudCase[] = [
  {
    name: "protects cluster, bucket and registry in production",
    needs: "production",
    async run(fixture) {
      const { settings, config } = production(fixture);
      const recording = await recordCloud(fixture, settings, { config });
      for (const [what, type] of Object.entries(fixture.kept)) {
        const kept = recording.all(type).filter(({ name }) => name === what);
        assert.deepEqual(
          kept.map(({ name, protect }) => ({ name, protect })),
          [{ name: what, protect: true }],
        );
      }
    },
    without: keepsDataOnItsOwn,
  },
  {
    name: "lets everything go in production where the protection is off",
    needs: "production",
    async run(fixture) {
      const { settings, config } = production(fixture);
      const { resources } = await recordCloud(
        fixture,
        { ...settings, deletionProtection: false },
        { config },
      );
      const isHeld = ({ protect, inputs }: RecordedResource) => protect || inputs.deletionProtection === true;
      assert.deepEqual(
        resources.filter(isHeld).map(({ urn }) => urn),
        [],
      );
    },
    async without(fixture) {
      const settings = { ...developmentSettings(fixture), deletionProtection: true };
      const { resources } = await recordCloud(fixture, settings);
      assert.ok(!resources.some(({ protect }) => protect));
    },
  },
  {
    name: "leaves the data of a destroyed stack where retainData says so, with what they lie in, and nothing else",
    needs: "production",
    async run(fixture) {
      const { settings, config } = production(fixture);
      for (const retainData of [true, false]) {
        const recording = await recordCloud(fixture, { ...settings, retainData }, { config });
        assert.equal(recording.one(fixture.kept.bucket, "bucket").retainOnDelete, retainData);
        assert.equal(recording.one(fixture.kept.cluster, "cluster").retainOnDelete, false);
        assert.equal(recording.one(fixture.kept.registry, "registry").retainOnDelete, false);
        const queues = recording.resources.filter(
          ({ type, name }) => /:(Queue|Topic|Subscription)$/.test(type) && /^(queue|dead-letter)$/.test(name),
        );
        assert.ok(queues.length >= 2);
        for (const { urn, retainOnDelete } of queues) assert.equal(retainOnDelete, retainData, urn);
        const full = recording.resources.filter(({ inputs }) => inputs.forceDestroy !== undefined);
        for (const { urn, inputs } of full) assert.equal(inputs.forceDestroy, !retainData, urn);
      }
    },
    without: keepsDataOnItsOwn,
  },
  {
    name: "protects nothing of a stack to try things on",
    async run(fixture) {
      const { resources } = await recordCloud(fixture, developmentSettings(fixture));
      assert.deepEqual(
        resources.filter(({ protect }) => protect).map(({ urn }) => urn),
        [],
      );
    },
  },
  {
    name: "tags whatever bills with project, stack, owner and cost centre",
    needs: "budget",
    async run(fixture) {
      const settings = developmentSettings(fixture);
      const { resources } = await recordCloud(fixture, settings);
      const wanted = Object.entries(settings.tags);
      const tagged = resources.filter(({ inputs }) => carries(inputs, wanted)).map(({ type }) => type);
      for (const type of [fixture.kept.cluster, fixture.kept.registry])
        assert.ok(
          tagged.includes(type),
          `${type} has no tags; tagged are ${[...new Set(tagged)].join(", ")}`,
        );
      assert.ok(resources.filter(fixture.shows.gpuPools).every(({ inputs }) => carries(inputs, wanted)));
    },
    async without(fixture) {
      const { resources } = await recordCloud(fixture, developmentSettings(fixture));
      assert.deepEqual(
        resources.filter(({ inputs }) => "tags" in inputs || "labels" in inputs),
        [],
      );
    },
  },
  {
    name: "shows every resource of its own to the transform",
    needs: "registry",
    async run(fixture) {
      const seen = new Set<string>();
      const transform: CloudSettings["transform"] = ({ type, name }) => {
        seen.add(`${type} ${name}`);
        return undefined;
      };
      const { resources } = await recordCloud(fixture, { ...developmentSettings(fixture), transform });
      const own = resources.filter(({ type }) => !/^(pulumi|skyloom):/.test(type));
      assert.ok(own.length > (fixture.capabilities.foundation.supported ? 30 : 7), `${own.length} resources`);
      assert.deepEqual(
        own.map(({ type, name }) => `${type} ${name}`).filter((resource) => !seen.has(resource)),
        [],
      );
    },
    async without(fixture) {
      const transform: CloudSettings["transform"] = ({ type }) => {
        throw new Error(`${type} was shown`);
      };
      await recordCloud(fixture, { ...developmentSettings(fixture), transform });
    },
  },
];

/** Where nothing is protected, because `down` leaves the data anyway, or the stack has not made them. */
async function keepsDataOnItsOwn(fixture: CloudFixture): Promise<void> {
  const { resources } = await recordCloud(fixture, developmentSettings(fixture));
  const lasting = resources.filter(({ name }) => name === "bucket" || name === "queue");
  assert.deepEqual(
    lasting.map(({ inputs }) => inputs.keepData),
    fixture.capabilities.foundation.supported ? [true, true] : [],
  );
}

function production(fixture: CloudFixture) {
  assert.ok(!("reason" in fixture.production));
  const { settings, providerConfig } = fixture.production;
  return { settings: { ...settings, image: IMAGE }, config: providerConfig };
}

/** Whether some object within has all these entries. */
function carries(value: unknown, entries: [string, string][]): boolean {
  if (typeof value !== "object" || value === null) return false;
  const object = value as Record<string, unknown>;
  return (
    entries.every(([key, text]) => object[key] === text) ||
    Object.values(object).some((inner) => carries(inner, entries))
  );
}
