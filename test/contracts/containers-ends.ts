import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type ContainerFixture, start } from "./containers.ts";
import type { ContractCase } from "./contract.ts";

const stopped = new Error("stopped by the test");

/** Asks until there are so many containers: a cluster takes its time to remove one. */
async function until(count: number, fixture: ContainerFixture): Promise<void> {
  let found = await fixture.count();
  for (let asked = 0; found !== count && asked < 300; asked += 1) {
    await delay(200);
    found = await fixture.count();
  }
  assert.equal(found, count);
}

/** How a container ends other than by itself, and what is left then. */
export const containerEndCases: ContractCase<ContainerFixture>[] = [
  {
    name: "removes a cancelled container with what it started, and gives the reason",
    async run(fixture) {
      const { said, cancel, result } = start(fixture, "(sleep 601 & echo started; wait) & wait");
      await said("started");
      assert.equal(await fixture.count(), 1);
      cancel(stopped);
      await assert.rejects(result, stopped);
      await until(0, fixture);
    },
  },
  {
    name: "starts nothing when it is cancelled already",
    async run(fixture) {
      await assert.rejects(start(fixture, "true", { signal: AbortSignal.abort(stopped) }).result, stopped);
      assert.equal(await fixture.count(), 0);
    },
  },
  {
    name: "ends a container at its time limit",
    async run(fixture) {
      const { result } = start(fixture, "echo started; sleep 602", { timeLimitSeconds: 2 });
      await assert.rejects(result, { code: "container-timeout", status: 504, message: /its limit of 2 s/ });
      await until(0, fixture);
    },
  },
  {
    name: "refuses outputs that are no JSON object",
    async run(fixture) {
      for (const [attempt, text] of ["[1]", "{", "null", "3"].entries())
        await assert.rejects(
          start(fixture, `printf '%s' '${text}' > "$SKYLOOM_OUTPUTS"`, { attempt }).result,
          { code: "invalid-outputs", status: 422, message: /SKYLOOM_OUTPUTS/ },
          text,
        );
      await assert.rejects(start(fixture, "echo '::skyloom-outputs::[]'").result, {
        code: "invalid-outputs",
        message: /::skyloom-outputs::/,
      });
    },
  },
  {
    name: "takes a file of outputs as large as it may be, and refuses a larger one",
    async run(fixture) {
      const { maximumFileBytes } = fixture.capabilities;
      const write = (bytes: number, attempt: number) =>
        start(
          fixture,
          `head -c ${bytes - 9} /dev/zero | tr '\\0' x | sed 's/^/{"a": "/; s/$/"}/' | tr -d '\\n' > "$SKYLOOM_OUTPUTS"`,
          { attempt },
        ).result;
      const { outputs } = await write(maximumFileBytes, 1);
      assert.equal(JSON.stringify(outputs).length, maximumFileBytes - 1);
      await assert.rejects(write(maximumFileBytes + 1, 2), {
        code: "outputs-too-large",
        status: 422,
        message: new RegExp(`more than ${maximumFileBytes} bytes`),
      });
    },
  },
  {
    name: "refuses inputs that are too large, before anything is made",
    async run(fixture) {
      await assert.rejects(start(fixture, "true", { inputs: { text: "x".repeat(300_000) } }).result, {
        code: "inputs-too-large",
        status: 422,
      });
      assert.equal(await fixture.count(), 0);
    },
  },
  {
    name: "tells of a program that is not there",
    async run(fixture) {
      const { result } = start(fixture, "", { command: ["no-such-program"] });
      await assert.rejects(result, {
        code: "container-not-startable",
        status: 422,
        message: /no-such-program/,
      });
      await until(0, fixture);
    },
  },
  {
    name: "tells of an image that is not there, or cannot be",
    needs: "usesImage",
    async run(fixture) {
      const { result } = start({ ...fixture, image: fixture.missingImage }, "true");
      await assert.rejects(result, { code: "image-not-found", status: 422, message: /not-there/ });
      const invalid = start({ ...fixture, image: "NO image:" }, "true", { attempt: 2 }).result;
      await assert.rejects(invalid, { code: "invalid-image", status: 422, message: /NO image:/ });
      await until(0, fixture);
    },
    async without(fixture) {
      const { result, logged } = start({ ...fixture, image: "no/such:image" }, "true");
      assert.equal((await result).exitCode, 0);
      assert.match(logged(), /image no\/such:image is not used/);
    },
  },
  {
    name: "finds an attempt again that another runtime started, and its log from the beginning",
    needs: "outlivesRuntime",
    async run(fixture) {
      const script =
        "echo begun; n=0; while [ ! -e /tmp/done ] && [ $n -lt 30 ]; do n=$((n+1)); sleep 0.2; done; echo ended";
      const first = start(fixture, script);
      await first.said("begun");
      first.detach(stopped);
      await assert.rejects(first.result, stopped);
      assert.equal(await fixture.count(), 1);
      const second = start(fixture, script);
      assert.equal((await second.result).exitCode, 0);
      assert.match(second.logged(), /from before\n.*begun\n.*ended\n/s);
      assert.equal(await fixture.count(), 1);
    },
    async without(fixture) {
      const script = 'echo "process $$"; sleep 603';
      const first = start(fixture, script);
      await first.said("process");
      first.detach(stopped);
      await assert.rejects(first.result, stopped);
      await until(0, fixture);
    },
  },
  {
    name: "finds a success again that nobody saw",
    needs: "outlivesRuntime",
    async run(fixture) {
      const script = 'echo \'{"at": 1}\' > "$SKYLOOM_OUTPUTS"';
      const first = await start(fixture, script).result;
      const second = await start(fixture, script).result;
      assert.deepEqual([first.exitCode, first.outputs], [second.exitCode, second.outputs]);
      assert.equal(await fixture.count(), 1);
    },
    async without(fixture) {
      await start(fixture, "true").result;
      assert.equal(await fixture.count(), 0);
    },
  },
  {
    name: "makes an attempt again that failed before",
    async run(fixture) {
      for (const exitCode of [3, 0]) {
        const { result } = start(fixture, `exit ${exitCode}`);
        assert.equal((await result).exitCode, exitCode);
      }
    },
  },
  {
    name: "removes what is left of ended runs, and of no others",
    needs: "outlivesRuntime",
    async run(fixture) {
      const ended = start(fixture, "true", { runId: "ended" });
      const dead = start(fixture, "echo begun; sleep 604", { runId: "dead" });
      const live = start(fixture, "echo begun; sleep 605", { runId: "live" });
      await Promise.all([ended.result, dead.said("begun"), live.said("begun")]);
      dead.detach(stopped);
      const asked = new Set<string>();
      const removed = await fixture.runner.removeLeftovers(async (runId) => {
        asked.add(runId);
        return runId !== "live";
      });
      assert.equal(removed, 2);
      assert.deepEqual([...asked].sort(), ["dead", "ended", "live"]);
      await until(1, fixture);
      live.cancel(stopped);
      await assert.rejects(live.result, stopped);
    },
    async without(fixture) {
      await start(fixture, "true", { runId: "ended" }).result;
      assert.equal(await fixture.runner.removeLeftovers(async () => true), 0);
    },
  },
];
