import assert from "node:assert/strict";
import type {
  ContainerOptions,
  ContainerRequest,
  ContainerResult,
  ContainerRunner,
} from "../../runtime/containers/container-runner.ts";
import { containerEndCases } from "./containers-ends.ts";
import {
  type Capability,
  type ContractCase,
  type ContractDriver,
  type ContractFixture,
  describeContract,
} from "./contract.ts";

/** What differs between back ends, as data. */
export interface ContainerCapabilities {
  /** Does a container go on while no runtime is there? */
  outlivesRuntime: Capability;
  /** Does the image decide what runs? */
  usesImage: Capability;
  /** Is the peak of the memory measured? */
  measuresMemory: Capability;
  /** Bytes that the file of outputs may hold. */
  maximumFileBytes: number;
}

export interface ContainerFixture extends ContractFixture {
  runner: ContainerRunner;
  /** An image with a shell and what POSIX has beside it. */
  image: string;
  /** One that its registry does not have; its name ends in `not-there`. */
  missingImage: string;
  /** How many containers there are, running or ended, of this fixture. */
  count: () => Promise<number>;
  capabilities: ContainerCapabilities;
}

export interface StartedContainer {
  /** All that came so far. */
  logged: () => string;
  /** Resolves when the log holds the text. */
  said: (text: string) => Promise<void>;
  cancel: (reason: Error) => void;
  detach: (reason: Error) => void;
  result: Promise<ContainerResult>;
}

/** Runs a shell's script in a container. */
export function start(
  { runner, image }: ContainerFixture,
  script: string,
  { signal, detach, ...request }: Partial<ContainerRequest & ContainerOptions> = {},
): StartedContainer {
  const cancelled = new AbortController();
  const detached = new AbortController();
  let text = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  const tell = () => {
    for (const one of waiting) if (text.includes(one.text)) one.resolve();
  };
  const result = runner.run(
    {
      runId: "run-one",
      task: "task",
      attempt: 1,
      image,
      command: ["sh", "-c", script],
      environment: {},
      secrets: {},
      inputs: {},
      resources: {},
      ...request,
    },
    {
      signal: signal ?? cancelled.signal,
      detach: detach ?? detached.signal,
      log(part) {
        text += Buffer.from(part as string).toString();
        tell();
      },
    },
  );
  result.catch(() => undefined);
  const ended = result.then(
    () => assert.fail(`ended without a word of it: ${text}`),
    (error) => {
      throw error;
    },
  );
  ended.catch(() => undefined);
  return {
    logged: () => text,
    said(wanted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ text: wanted, resolve });
      tell();
      return Promise.race([promise, ended]);
    },
    cancel: (reason) => cancelled.abort(reason),
    detach: (reason) => detached.abort(reason),
    result,
  };
}

const whole: ContractCase<ContainerFixture>[] = [
  {
    name: "gives a command its arguments, environment, secrets, inputs and key, and takes its outputs",
    async run(fixture) {
      const script = [
        'printf "%s|" "$0" "$@" "$PLAIN" "$SECRET" "$SKYLOOM_TASK_KEY"; cat "$SKYLOOM_INPUTS"; echo',
        'printf \'{"rows": 3, "path": "ä"}\' > "$SKYLOOM_OUTPUTS"',
      ].join("\n");
      const { result, logged } = start(fixture, script, {
        task: "a-task/2",
        arguments: ["zero", "one $(PLAIN)", ""],
        environment: { PLAIN: "$(HOME) ä\n$HOME" },
        secrets: { SECRET: "s3cret $(PLAIN)" },
        inputs: { list: [1, "ä"] },
      });
      assert.deepEqual(pick(await result), { exitCode: 0, outputs: { rows: 3, path: "ä" } });
      const expected = `zero|one $(PLAIN)||$(HOME) ä\n$HOME|s3cret $(PLAIN)|run-one/a-task/2|{"list":[1,"ä"]}\n`;
      assert.ok(logged().includes(expected), logged());
    },
  },
  {
    name: "gives no outputs where none were written",
    async run(fixture) {
      const { result } = start(fixture, "true");
      assert.deepEqual(pick(await result), { exitCode: 0, outputs: {} });
    },
  },
  {
    name: "takes outputs that a line of the log tells, beside those of the file",
    async run(fixture) {
      const script = [
        "echo '::skyloom-outputs::{\"old\": true}'",
        `printf '::skyloom-outputs::{"list": ["'; i=0; while [ $i -lt 3000 ]; do printf 0123456789; i=$((i+1)); done; echo '"], "both": 1}'`,
        'echo \'{"both": 2}\' > "$SKYLOOM_OUTPUTS"',
      ].join("\n");
      const { outputs } = await start(fixture, script).result;
      assert.deepEqual(outputs, { list: ["0123456789".repeat(3000)], both: 2 });
    },
  },
  {
    name: "tells the exit status, and then no outputs",
    async run(fixture) {
      const script = 'echo \'{"reached": 2}\' > "$SKYLOOM_OUTPUTS"; exit 42';
      assert.deepEqual(pick(await start(fixture, script).result), { exitCode: 42, outputs: {} });
    },
  },
  {
    name: "passes the log on while the container runs, of both streams, each in order",
    async run(fixture) {
      const { said, logged, cancel, result } = start(
        fixture,
        "echo first; echo second >&2; echo third; sleep 20",
      );
      await Promise.all([said("second\n"), said("third\n")]);
      assert.ok(logged().indexOf("first") < logged().indexOf("third"), logged());
      cancel(new Error("enough"));
      await assert.rejects(result, /enough/);
    },
  },
  {
    name: "passes on all of a long log, its last line also without an end",
    async run(fixture) {
      const script = 'i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i+1)); done; printf last';
      const { result, logged } = start(fixture, script);
      await result;
      const expected = `${Array.from({ length: 2000 }, (_, index) => `line ${index}`).join("\n")}\nlast`;
      assert.ok(logged().includes(expected), `${logged().slice(0, 200)} … ${logged().slice(-200)}`);
    },
  },
  {
    name: "keeps attempts, tasks and runs apart",
    async run(fixture) {
      const script = 'printf \'{"key": "%s"}\' "$NAME" > "$SKYLOOM_OUTPUTS"';
      const one = (NAME: string, request: Partial<ContainerRequest>) =>
        start(fixture, script, { environment: { NAME }, ...request }).result;
      const results = await Promise.all([
        one("first", {}),
        one("second", { attempt: 2 }),
        one("task", { task: "task2" }),
        one("run", { runId: "run-two" }),
      ]);
      assert.deepEqual(
        results.map(({ outputs }) => outputs.key),
        ["first", "second", "task", "run"],
      );
    },
  },
  {
    name: "writes where programs expect to: the working space that HOME and TMPDIR name",
    async run(fixture) {
      const { outputs } = await start(
        fixture,
        'echo 1 > "$HOME/a" && echo 2 > "$TMPDIR/b" && printf \'{"sum": %s}\' "$(($(cat $HOME/a) + $(cat $TMPDIR/b)))" > "$SKYLOOM_OUTPUTS"',
      ).result;
      assert.deepEqual(outputs, { sum: 3 });
    },
  },
  {
    name: "measures what the container used",
    needs: "measuresMemory",
    async run(fixture) {
      const script =
        "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; sleep 2; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; sleep 1.5";
      const { usage } = await start(fixture, script).result;
      assert.ok((usage.cpuSeconds ?? 0) > 0, JSON.stringify(usage));
      assert.ok((usage.peakMemoryBytes ?? 0) > 100_000, JSON.stringify(usage));
    },
    async without(fixture) {
      const { usage } = await start(fixture, "true").result;
      assert.deepEqual(usage, {});
    },
  },
];

function pick({ exitCode, outputs }: ContainerResult) {
  return { exitCode, outputs };
}

export const containerCases: ContractCase<ContainerFixture>[] = [...whole, ...containerEndCases];

export function describeContainerContract(driver: ContractDriver<ContainerFixture>): void {
  describeContract("containers", containerCases, driver);
}
