import assert from "node:assert/strict";
import type { Recording } from "../../../simulator/recording/record-program.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture, Permission } from "./cloud-fixture.ts";
import { developmentSettings, recordCloud } from "./record-cloud.ts";

/** Rights over more than data: to hand out rights, to own, to change the thing itself. */
const TOO_MUCH =
  /\*|owner|editor|admin(?!istrator)|^Contributor$|^[a-z]+:(Put|Delete|Create)(Bucket|Queue|Policy)/i;
const WRITES = /Put|Delete|Write|Contributor|objectUser|publisher/i;

export const grantCases: CloudCase[] = [
  {
    name: "puts grants in place before the workload starts",
    needs: "workloadIdentity",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      const { grants, needed, principal } = recording.result;
      assert.match(String(principal), /\S/);
      const { dependencies } = recording.one(fixture.workloadType, "runtime");
      const first = [...needed, ...grants.bucket.urns, ...grants.queue.urns].map(String);
      assert.ok(needed.length > 0 && grants.bucket.urns.length > 0 && grants.queue.urns.length > 0);
      assert.deepEqual(
        first.filter((urn) => !dependencies.includes(urn)),
        [],
        "the workload does not wait for these",
      );
    },
    async without(fixture) {
      const { result } = await recordCloud(fixture, developmentSettings(fixture));
      assert.equal(result.principal, undefined);
      for (const { state, reason } of Object.values(result.grants)) {
        assert.equal(state, "not-applicable");
        assert.match(reason, /\w+ \w+/);
      }
    },
  },
  {
    name: "grants what was asked for, on the stack's own bucket and queues, and nothing else",
    needs: "workloadIdentity",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      const own = ownNames(recording);
      for (const { actions, targets } of permissions(fixture, recording, "bucket", "queue")) {
        assert.ok(actions.length > 0 && targets.length > 0);
        for (const action of actions) assert.doesNotMatch(action, TOO_MUCH);
        if (actions.every((action) => fixture.wholeProject.test(action))) continue;
        for (const target of targets)
          assert.ok(
            own.some((name) => target.includes(name)),
            `${target} is not of the stack`,
          );
      }
    },
    without: noGrantResources,
  },
  {
    name: "grants reading without writing",
    needs: "workloadIdentity",
    async run(fixture) {
      const recording = await recordCloud(fixture, developmentSettings(fixture));
      const actions = (name: "read" | "bucket") =>
        permissions(fixture, recording, name).flatMap((permission) => permission.actions);
      assert.ok(
        actions("bucket").some((action) => WRITES.test(action)),
        "read and write: no writing",
      );
      assert.deepEqual(
        actions("read").filter((action) => WRITES.test(action)),
        [],
      );
      assert.ok(actions("read").length > 0);
    },
    without: noGrantResources,
  },
];

async function noGrantResources(fixture: CloudFixture) {
  const { result } = await recordCloud(fixture, developmentSettings(fixture));
  for (const { urns } of Object.values(result.grants)) assert.deepEqual(urns, []);
}

type Recorded = Recording<Awaited<ReturnType<typeof recordCloud>>["result"]>;

function permissions(
  fixture: CloudFixture,
  { result, resources }: Recorded,
  ...names: ("bucket" | "queue" | "read")[]
): Permission[] {
  const urns = names.flatMap((name) => result.grants[name].urns).map(String);
  const granted = resources.filter(({ urn }) => urns.includes(urn));
  assert.equal(granted.length, urns.length);
  return granted.flatMap(fixture.permissions);
}

/** What the paths of bucket and queues end with. */
function ownNames({ result }: Recorded): string[] {
  return [result.bucket, result.queue, result.deadLetter].map(
    (url) => String(url).replace(/\?.*$/, "").split("/").at(-1) ?? "",
  );
}
