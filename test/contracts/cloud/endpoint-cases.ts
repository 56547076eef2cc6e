import assert from "node:assert/strict";
import type { PublicEndpointSettings } from "../../../components/cloud.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings, recordCloud } from "./record-cloud.ts";

export const endpointCases: CloudCase[] = [
  {
    name: "warns where updates from outside cannot reach the cluster, and says what to set",
    needs: "privateNetwork",
    async run(fixture) {
      const closed = await warnings(fixture, { enabled: false, allowedCidrs: [] });
      assert.equal(closed.length, 1, closed.join("\n"));
      assert.match(
        closed[0] ?? "",
        /cannot put objects into it.*Set skyloom:publicEndpoint to .*allowedCidrs/,
      );
      assert.deepEqual(await warnings(fixture, { enabled: true, allowedCidrs: ["203.0.113.0/24"] }), []);
    },
    async without(fixture) {
      assert.deepEqual(await warnings(fixture, { enabled: false, allowedCidrs: [] }), []);
    },
  },
];

async function warnings(fixture: CloudFixture, publicEndpoint: PublicEndpointSettings): Promise<string[]> {
  const { log } = await recordCloud(fixture, { ...developmentSettings(fixture), publicEndpoint });
  return log
    .filter(({ message }) => message.includes("skyloom:publicEndpoint"))
    .map(({ message }) => message);
}
