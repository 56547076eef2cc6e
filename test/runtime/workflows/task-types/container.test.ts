import assert from "node:assert/strict";
import type {
  ContainerOptions,
  ContainerRequest,
  ContainerResult,
  ContainerRunner,
} from "../../../../runtime/containers/container-runner.ts";
import { createProcessRunner } from "../../../../runtime/containers/process/process-runner.ts";
import { ApiError } from "../../../../runtime/errors.ts";
import type { Usage } from "../../../../runtime/workflows/run.ts";
import type { TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { container } from "../../../../runtime/workflows/task-types/container.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, secretsOf, taskContext } from "./run-task.ts";

/** Notes what it is asked, and answers as it is told. */
function runnerOf(
  answer: (request: ContainerRequest, options: ContainerOptions) => Promise<ContainerResult>,
): ContainerRunner {
  return {
    name: "test",
    run: answer,
    removeLeftovers: async () => 0,
    close: async () => undefined,
  };
}

describe("task type container", () => {
  const folder = temporaryFolder();
  const context = (changes: Partial<TaskContext> = {}) =>
    taskContext(folder.path, { containers: createProcessRunner(), ...changes });
  const script = (text: string, rest: object = {}) => ({
    image: "shell",
    command: ["sh", "-c", text],
    ...rest,
  });

  it("gives outputs and log", async () => {
    let log = "";
    const outputs = await runTask(
      container,
      script('echo "$GREETING"; cp "$SKYLOOM_INPUTS" "$SKYLOOM_OUTPUTS"', {
        environment: { GREETING: "hello", NUMBER: 1, NONE: null },
        inputs: { rows: [1, 2] },
      }),
      context({
        log: (text) => {
          log += Buffer.from(text as string).toString();
        },
      }),
    );
    assert.deepEqual(outputs, { rows: [1, 2] });
    assert.match(log, /^attempt 1: shell\nimage shell is not used.*\nhello\n$/);
  });

  it("passes on what the task was granted and its limit in time, and what was used", async () => {
    let asked: ContainerRequest | undefined;
    const containers = runnerOf(async (request) => {
      asked = request;
      return { exitCode: 0, outputs: {}, usage: { gpuSeconds: 4 } };
    });
    const usage: Usage[] = [];
    const resources = { cpu: 2, gpu: 1, gpuType: "t4" };
    await runTask(
      container,
      { image: "a", arguments: ["b", 3], timeout: 9 },
      context({
        containers,
        resources,
        attempt: 2,
        key: "run-1/step/7",
        timeout: 30,
        usage: (measured) => usage.push(measured),
      }),
    );
    assert.deepEqual(usage, [{ gpuSeconds: 4 }]);
    assert.deepEqual(asked, {
      runId: "run-1",
      task: "step/7",
      attempt: 2,
      image: "a",
      command: undefined,
      arguments: ["b", "3"],
      environment: { SKYLOOM_CPU: "2", SKYLOOM_GPU: "1", SKYLOOM_GPU_TYPE: "t4" },
      secrets: {},
      inputs: {},
      resources,
      timeLimitSeconds: 9,
      deadlineSeconds: 90,
    });
  });

  it("tries exit codes again that the task names, and all where it names none", async () => {
    const failure = async (code: number, retryExitCodes?: number[]) =>
      await runTask(container, script(`echo why; exit ${code}`, { retryExitCodes }), context()).then(
        () => assert.fail("it succeeded"),
        (error: ApiError) => [error.code, error.isRetryable, error.status < 500, error.message],
      );
    const message = "the container ended with status";
    const told = `attempt 1: shell\nimage shell is not used: this runtime runs containers as processes of its machine\nwhy`;
    assert.deepEqual(await failure(3, [75, 3]), ["container-failed", true, false, `${message} 3: ${told}`]);
    assert.deepEqual(await failure(4, [75, 3]), ["container-failed", false, true, `${message} 4: ${told}`]);
    assert.deepEqual(await failure(4), ["container-failed", true, false, `${message} 4: ${told}`]);
    assert.deepEqual((await failure(4, [])).slice(0, 3), ["container-failed", false, true]);
  });

  it("masks secrets in log, outputs and errors", async () => {
    const value = "hunter2-hunter2";
    let log = "";
    const one = (text: string) =>
      runTask(
        container,
        script(text, { secrets: { PASSWORD: "login" } }),
        context({
          secrets: secretsOf({ login: value }),
          log: (part) => {
            log += Buffer.from(part as string).toString();
          },
        }),
      );
    const outputs = await one('echo "is $PASSWORD"; printf \'{"a": "%s"}\' "$PASSWORD" > "$SKYLOOM_OUTPUTS"');
    assert.deepEqual(outputs, { a: "***" });
    await assert.rejects(one('echo "$PASSWORD" >&2; exit 1'), /status 1: .*\*\*\*$/s);
    assert.ok(log.includes("is ***\n") && !log.includes(value), log);
  });

  it("leaves the container where the step is given up, and stops it at every other end", async () => {
    const ends: string[] = [];
    const containers = runnerOf(
      (_request, { signal, detach }) =>
        new Promise((_resolve, reject) => {
          const end = (what: string, from: AbortSignal | undefined) => {
            const tell = () => {
              ends.push(what);
              reject(from?.reason);
            };
            if (from?.aborted) tell();
            else from?.addEventListener("abort", tell);
          };
          end("stopped", signal);
          end("left", detach);
        }),
    );
    for (const code of ["abandoned", "cancelled", "task-timeout"]) {
      const controller = new AbortController();
      const ended = runTask(container, { image: "a" }, context({ containers, signal: controller.signal }));
      controller.abort(new ApiError("enough", { status: 503, code }));
      await assert.rejects(ended, { code });
    }
    assert.deepEqual(ends, ["left", "stopped", "stopped"]);
  });

  it("says that the runtime runs none", async () => {
    await assert.rejects(runTask(container, { image: "a" }, context({ containers: undefined })), {
      code: "containers-off",
      status: 422,
    });
  });

  it("names what is wrong with its parameters", () => {
    const problems = problemsOf(container, {
      command: [],
      environment: { "1A": "x", TOKEN: "x" },
      secrets: { PATH: "a", TOKEN: "b" },
      timeout: 0,
      retryExitCodes: [0, 256],
      entrypoint: "sh",
    });
    for (const part of [
      "image: ",
      "command: ",
      "environment.1A: ",
      "secrets.PATH: ",
      "timeout: ",
      "retryExitCodes.0: ",
      "retryExitCodes.1: ",
      ': unknown key "entrypoint"',
    ])
      assert.ok(
        problems.some((problem) => problem.startsWith(part)),
        `${part} in ${problems.join("\n")}`,
      );
    assert.deepEqual(problemsOf(container, { image: "a", environment: { A: "x" }, secrets: { A: "b" } }), [
      "secrets.A: is in environment as well",
    ]);
  });
});
