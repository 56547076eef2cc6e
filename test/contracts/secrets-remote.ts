import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import { assertTellsNoValue, marker, type RemoteSecretStoreFixture } from "./secrets.ts";

const unavailable = { name: "ApiError", status: 503, code: "secret-store-unavailable", isRetryable: true };

async function rejectsWithin(
  seconds: number,
  call: Promise<unknown>,
  expected: Record<string, unknown>,
): Promise<void> {
  const started = performance.now();
  await assert.rejects(call, expected);
  const taken = Math.round((performance.now() - started) / 1000);
  assert.ok(taken <= seconds, `it took ${taken} s`);
}

export const secretStoreRemoteCases: ContractCase<RemoteSecretStoreFixture>[] = [
  {
    name: "rides out a connection that breaks",
    async run({ put, behindFaults, faults }) {
      await put("key", marker);
      faults.cutConnections(1);
      assert.equal(await behindFaults.get("key"), marker);
      faults.loseAnswers(1);
      assert.equal(await behindFaults.get("key"), marker);
      assert.ok(faults.requests() >= 4);
    },
  },
  {
    name: "tells that it is unavailable while every connection breaks, and works again afterwards",
    async run({ put, url, behindFaults, faults }) {
      await put("key", marker);
      faults.cutConnections(Number.POSITIVE_INFINITY);
      const [scheme] = url.split("?");
      const message = new RegExp(String(scheme));
      await rejectsWithin(60, behindFaults.get("key"), { ...unavailable, message });
      await rejectsWithin(60, behindFaults.check(), unavailable);
      faults.heal();
      await behindFaults.check();
      assert.equal(await behindFaults.get("key"), marker);
    },
  },
  {
    name: "rides out throttling for a while, and tells that it is unavailable when it goes on",
    async run({ put, behindFaults, faults }) {
      await put("key", marker);
      faults.throttle(2);
      assert.equal(await behindFaults.get("key"), marker);
      assert.ok(faults.requests() >= 3);
      faults.throttle(Number.POSITIVE_INFINITY);
      await rejectsWithin(60, behindFaults.get("key"), unavailable);
      faults.heal();
      assert.equal(await behindFaults.get("key"), marker);
    },
  },
  {
    name: "tells that its credentials have expired, and works again with fresh ones",
    async run({ put, behindFaults, faults }) {
      await put("key", marker);
      faults.expireCredentials(Number.POSITIVE_INFINITY);
      const expired = { status: 503, code: "secret-store-access-denied", isRetryable: true };
      await assert.rejects(behindFaults.get("key"), expired);
      await assert.rejects(behindFaults.check(), expired);
      faults.heal();
      assert.equal(await behindFaults.get("key"), marker);
    },
  },
  {
    name: "tells nothing of an answer that is cut off, and never takes it for the whole",
    async run({ put, behindFaults, faults }) {
      const value = `${marker} `.repeat(1000);
      await put("key", value);
      faults.cutContents(Number.POSITIVE_INFINITY);
      await assert.rejects(behindFaults.get("key"), (error: Error & { code: string }) => {
        assert.equal(error.code, unavailable.code);
        assertTellsNoValue(error);
        return true;
      });
      faults.cutContents(1);
      const read = await behindFaults.get("key").catch((error) => assertTellsNoValue(error));
      assert.ok(read === undefined || read === value);
    },
  },
  {
    name: "tells nothing of an answer that it cannot understand",
    async run({ garbled }) {
      await assert.rejects(garbled.get("key"), (error: Error & { code: string }) => {
        assert.equal(error.code, unavailable.code);
        assertTellsNoValue(error);
        return true;
      });
    },
  },
  {
    name: "tells which permission is missing",
    async run({ denied, permission }) {
      const refused = { status: 503, code: "secret-access-denied", isRetryable: false };
      await assert.rejects(denied.get("key"), { ...refused, message: permission });
      await assert.rejects(denied.get("key"), { ...refused, message: /"key"/ });
      // Permissions may be given secret by secret: that the one asked for is refused says nothing of the others.
      await denied.check();
    },
  },
  {
    name: "gives up in time on a service that is not there",
    async run({ unreachable }) {
      await Promise.all([
        rejectsWithin(60, unreachable.get("key"), unavailable),
        rejectsWithin(60, unreachable.check(), unavailable),
      ]);
    },
  },
  {
    name: "gives up in time on a service that does not answer",
    timeout: 120_000,
    async run({ silent }) {
      await Promise.all([
        rejectsWithin(60, silent.get("key"), unavailable),
        rejectsWithin(60, silent.check(), unavailable),
      ]);
    },
  },
];
