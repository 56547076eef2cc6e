import assert from "node:assert/strict";
import type {
  ContainerOptions,
  ContainerRequest,
  ContainerResult,
  ContainerRunner,
} from "../../runtime/containers/container-runner.ts";
import { createProcessFixture } from "../runtime/containers/process/process-fixture.ts";
import { containerCases } from "./containers.ts";
import { firstFailedCase } from "./contract.ts";

type Run = ContainerRunner["run"];
type Break = (run: Run) => Run;

const asking =
  (change: (request: ContainerRequest) => Partial<ContainerRequest>): Break =>
  (run) =>
  (request, options) =>
    run({ ...request, ...change(request) }, options);

const told =
  (change: (options: ContainerOptions) => Partial<ContainerOptions>): Break =>
  (run) =>
  (request, options) =>
    run(request, { ...options, ...change(options) });

const answering =
  (change: (result: ContainerResult, request: ContainerRequest) => Partial<ContainerResult>): Break =>
  (run) =>
  async (request, options) => {
    const result = await run(request, options);
    return { ...result, ...change(result, request) };
  };

const failing =
  (change: (error: Error & { code?: string }) => unknown): Break =>
  (run) =>
  (request, options) =>
    run(request, options).catch((error) => {
      throw change(error);
    });

const firsts = new Map<string, Promise<ContainerResult>>();

/** Back ends with one fault each, by the case that must notice it; a contract that passes one of them promises nothing. */
const brokenRunners: Record<string, Record<string, Break>> = {
  "gives a command its arguments, environment, secrets, inputs and key, and takes its outputs": {
    "arguments are lost": asking(() => ({ arguments: undefined })),
    "environment is lost": asking(() => ({ environment: {} })),
    "variables are filled in": asking(({ environment }) => ({
      environment: Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, value.replace("$(HOME)", "/tmp")]),
      ),
    })),
    "secrets are lost": asking(() => ({ secrets: {} })),
    "inputs are lost": asking(() => ({ inputs: {} })),
    "key has no task": asking(() => ({ task: "" })),
    "outputs are lost": answering(() => ({ outputs: {} })),
  },
  "tells the exit status, and then no outputs": {
    "exit status is taken for success": answering(() => ({ exitCode: 0 })),
    "outputs come with a failure": answering(({ exitCode, outputs }) => ({
      outputs: exitCode === 42 ? { reached: 2 } : outputs,
    })),
  },
  "passes on all of a long log, its last line also without an end": {
    "log is lost": told(() => ({ log: () => undefined })),
    "log loses what has no end of line": told(({ log }) => ({
      log: (part) =>
        log(
          Buffer.from(part as string)
            .toString()
            .replace(/[^\n]+$/, ""),
        ),
    })),
  },
  "passes the log on while the container runs, of both streams, each in order": {
    "log comes at the end": (run) => async (request, options) => {
      const parts: (string | Uint8Array)[] = [];
      try {
        return await run(
          { ...request, command: request.command?.map((part) => part.replace("sleep 20", "true")) },
          { ...options, log: (part) => parts.push(part) },
        );
      } finally {
        for (const part of parts) options.log(part);
      }
    },
  },
  "keeps attempts, tasks and runs apart": {
    "attempts of a task are one": (run) => (request, options) => {
      const key = `${request.runId}/${request.task}`;
      const first = firsts.get(key) ?? run(request, options);
      firsts.set(key, first);
      setTimeout(() => firsts.delete(key), 50);
      return first;
    },
  },
  "measures what the container used": {
    "use is made up": answering(() => ({ usage: { cpuSeconds: 0, peakMemoryBytes: 1 } })),
  },
  "removes a cancelled container with what it started, and gives the reason": {
    "reason of an end is its own": failing((error) =>
      error.code === undefined ? new Error("aborted") : error,
    ),
  },
  "starts nothing when it is cancelled already": {
    "container starts though it is cancelled": (run) => async (request, options) => {
      if (!options.signal.aborted) return await run(request, options);
      const result = await run(request, { ...options, signal: new AbortController().signal });
      return result;
    },
  },
  "ends a container at its time limit": {
    "time limit is none": asking(({ timeLimitSeconds }) =>
      timeLimitSeconds === undefined ? {} : { timeLimitSeconds: undefined, command: ["sh", "-c", "true"] },
    ),
  },
  "refuses inputs that are too large, before anything is made": {
    "errors have no codes": failing((error) => (error.code === undefined ? error : new Error(error.message))),
    "errors may pass": failing((error) =>
      error.code === undefined
        ? error
        : Object.assign(new Error(error.message), { code: error.code, status: 503 }),
    ),
    "large inputs are none": asking(({ inputs }) =>
      JSON.stringify(inputs).length > 1000 ? { inputs: {} } : {},
    ),
  },
  "refuses outputs that are no JSON object": {
    "wrong outputs are none": (run) => (request, options) =>
      run(request, options).catch((error) => {
        if (error.code !== "invalid-outputs") throw error;
        return { exitCode: 0, outputs: {}, usage: {} };
      }),
  },
  "takes a file of outputs as large as it may be, and refuses a larger one": {
    "large outputs are none": (run) => (request, options) =>
      run(request, options).catch((error) => {
        if (error.code !== "outputs-too-large") throw error;
        return { exitCode: 0, outputs: {}, usage: {} };
      }),
  },
};

describe("containers contract", () => {
  for (const [name, faults] of Object.entries(brokenRunners))
    for (const [fault, breakRun] of Object.entries(faults))
      it(`does not pass a back end whose ${fault}`, async () => {
        const cases = containerCases.filter((one) => one.name === name);
        const failed = await firstFailedCase(cases, async () => {
          const fixture = await createProcessFixture();
          return { ...fixture, runner: { ...fixture.runner, run: breakRun(fixture.runner.run) } };
        });
        assert.equal(failed, name);
      });
});
