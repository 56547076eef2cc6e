import assert from "node:assert/strict";
import { parseUrl } from "../../../runtime/back-end-url.ts";
import { secretUrlForms } from "../../../runtime/secrets/secret-urls.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture, Permission } from "./cloud-fixture.ts";
import { developmentSettings, IMAGE, recordCloud } from "./record-cloud.ts";

export const secretCases: CloudCase[] = [
  {
    name: "tells where secrets are in the form that the runtime takes, and the workload of it",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      const { secrets } = recording.result;
      assert.match(String(secrets), fixture.urls.secrets);
      assert.ok(
        "parsed" in parseUrl(String(secrets), secretUrlForms),
        `the runtime does not take ${secrets}`,
      );
      const text = JSON.stringify(recording.one(fixture.workloadType, "runtime").inputs);
      assert.ok(text.includes(JSON.stringify(secrets)), `${secrets} in ${text}`);
      const { result } = await recordCloud(fixture, developmentSettings(fixture), { preview: true });
      assert.equal(result.secrets === secrets, !fixture.secretsNamedLate, `${result.secrets} in a preview`);
    },
  },
  {
    name: "lets a workload read the stack's secrets and nothing else, before it starts",
    needs: "workloadIdentity",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      const { url, permissions } = secretsOf(fixture, recording);
      assert.ok(permissions.length > 0);
      for (const { actions, targets } of permissions) {
        assert.ok(actions.length > 0 && targets.length > 0);
        for (const action of actions) assert.match(action, fixture.readsSecrets);
        for (const target of targets)
          assert.ok(fixture.holdsForSecret(target, url, "api-key"), `${target} is not where ${url} is`);
      }
      const { dependencies } = recording.one(fixture.workloadType, "runtime");
      for (const urn of recording.result.grants.secrets.urns.map(String))
        assert.ok(dependencies.includes(urn), `the workload does not wait for ${urn}`);
    },
    async without(fixture) {
      const { result } = await recordCloud(fixture, developmentSettings(fixture));
      assert.equal(result.grants.secrets.state, "not-applicable");
      assert.match(result.grants.secrets.reason, /\w+ \w+/);
    },
  },
  {
    name: "keeps the secrets of two stacks apart, however alike their names",
    needs: "workloadIdentity",
    async run(fixture) {
      const long = "long-name-".repeat(3);
      const names = ["team", "team-a", "teama", `${long}1`, `${long}2`];
      const stacks: { name: string; url: string; permissions: Permission[] }[] = [];
      for (const name of names) {
        const recording = await recordCloud(fixture, { ...developmentSettings(fixture), stack: name });
        stacks.push({ name, ...secretsOf(fixture, recording) });
      }
      for (const reader of stacks)
        for (const owner of stacks)
          for (const secret of ["key", "a-key", "a/key", "a_key"])
            assert.equal(
              mayRead(fixture, reader.permissions, owner.url, secret),
              reader === owner,
              `${reader.name} and ${secret} of ${owner.name}`,
            );
    },
    async without(fixture) {
      const { resources } = await recordCloud(fixture, developmentSettings(fixture));
      const made = resources.filter(({ type }) => /secret/i.test(type) && !type.startsWith("kubernetes:"));
      // A folder of the user's own; a cluster's secret was there before.
      assert.equal(made.length, fixture.capabilities.foundation.supported ? 1 : 0);
    },
  },
  {
    name: "leaves secrets that people put in where a destroy leaves the data, and takes them along else",
    needs: "production",
    async run(fixture) {
      assert.ok(!("reason" in fixture.production));
      const { settings, providerConfig: config } = fixture.production;
      for (const retainData of [true, false]) {
        const { resources } = await recordCloud(
          fixture,
          { ...settings, image: IMAGE, retainData },
          { config },
        );
        const places = resources.filter(({ name, custom }) => custom && name === "secrets");
        // Where the stack makes no place, a destroy takes away the right to read and nothing else.
        assert.equal(places.length, fixture.secretsNamedLate ? 1 : 0);
        for (const { urn, retainOnDelete, protect } of places)
          assert.deepEqual({ retainOnDelete, protect }, { retainOnDelete: retainData, protect: true }, urn);
      }
    },
    async without(fixture) {
      const { resources } = await recordCloud(fixture, developmentSettings(fixture));
      assert.deepEqual(
        resources
          .filter(({ name, custom }) => custom && name === "secrets")
          .map(({ inputs }) => inputs.keepData),
        fixture.capabilities.foundation.supported ? [true] : [],
      );
    },
  },
];

function secretsOf(
  fixture: CloudFixture,
  { result, resources }: Awaited<ReturnType<typeof recordCloud>>,
): { url: string; permissions: Permission[] } {
  const urns = result.grants.secrets.urns.map(String);
  const granted = resources.filter(({ urn }) => urns.includes(urn));
  assert.equal(granted.length, urns.length);
  return { url: String(result.secrets), permissions: granted.flatMap(fixture.permissions) };
}

function mayRead(fixture: CloudFixture, permissions: Permission[], url: string, secret: string): boolean {
  return permissions.some(({ targets }) =>
    targets.some((target) => fixture.holdsForSecret(target, url, secret)),
  );
}
