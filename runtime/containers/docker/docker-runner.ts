import { setTimeout as delay } from "node:timers/promises";
import { errorMessage } from "../../errors.ts";
import { annotations, attemptName, ownerLabel } from "../attempt-name.ts";
import { finalError, passingError, timeLimitError } from "../container-errors.ts";
import {
  type ContainerOptions,
  type ContainerRequest,
  type ContainerResult,
  type ContainerRunner,
  type ContainerUsage,
  maximumOutputsBytes,
} from "../container-runner.ts";
import { createOutputLines } from "../output-line.ts";
import { inputsText, readOutputs } from "../outputs.ts";
import { exchangeArchive, fileInArchive } from "./archive.ts";
import { type ContainerSettings, containerOf, exchangeFolder, outputsFolder } from "./container.ts";
import { type DockerApi, DockerError } from "./docker-api.ts";
import { Frames } from "./frames.ts";
import { measure } from "./measure.ts";
import { pullImage } from "./pull-image.ts";

export interface DockerRunnerOptions extends ContainerSettings {
  api: DockerApi;
}

interface Inspected {
  Id: string;
  State: {
    Status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
    ExitCode: number;
    OOMKilled: boolean;
    StartedAt: string;
    FinishedAt: string;
  };
}

const pauseMilliseconds = 1000;

/** Runs each attempt as a container of a Docker Engine, which goes on while no runtime is there. */
export function createDockerRunner(options: DockerRunnerOptions): ContainerRunner {
  const { api, owner } = options;
  const inspect = (name: string) => api.json<Inspected>("GET", `/containers/${name}/json`);

  async function find(name: string): Promise<Inspected | undefined> {
    try {
      return await inspect(name);
    } catch (error) {
      if (error instanceof DockerError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The attempt's container, running or ended; made where there is none. */
  async function ensureStarted(request: ContainerRequest, run: ContainerOptions): Promise<Inspected> {
    const name = attemptName(owner, request);
    const before = await find(name);
    if (before !== undefined) run.log(`container ${name} is there from before\n`);
    const container = before ?? (await create(name, request, run));
    if (container.State.Status !== "created") return container;
    const body = await exchangeArchive(request.inputs);
    await api.json("PUT", `/containers/${name}/archive`, { query: { path: exchangeFolder }, body });
    try {
      await api.json("POST", `/containers/${name}/start`);
    } catch (error) {
      if (!(error instanceof DockerError) || error.status === undefined) throw error;
      throw finalError("container-not-startable", `the container cannot be started: ${error.message}`, error);
    }
    return await inspect(name);
  }

  async function create(name: string, request: ContainerRequest, run: ContainerOptions): Promise<Inspected> {
    await pullImage(api, request.image, run);
    const body = containerOf(request, options);
    try {
      await api.json("POST", "/containers/create", { query: { name }, body });
      run.log(`container ${name} is made\n`);
    } catch (error) {
      if (!(error instanceof DockerError) || error.status === undefined) throw error;
      if (error.status !== 409)
        throw finalError("container-refused", `the container cannot be made: ${error.message}`, error);
    }
    return await inspect(name);
  }

  async function remove(name: string): Promise<void> {
    try {
      // With the volume that it exchanges files through.
      await api.json("DELETE", `/containers/${name}`, { query: { force: "true", v: "true" } });
    } catch (error) {
      if (!(error instanceof DockerError) || (error.status !== 404 && error.status !== 409)) throw error;
    }
  }

  /** What stays is removed with the leftovers of the run. */
  async function removeIfPossible(name: string, log: ContainerOptions["log"]): Promise<void> {
    await remove(name).catch((error) => log(`container ${name} cannot be removed: ${errorMessage(error)}\n`));
  }

  /** @yields what the container has written, with `isFollowed` until it ends */
  async function* logOf(id: string, isFollowed: boolean, signal: AbortSignal): AsyncGenerator<Buffer> {
    const query = { follow: String(isFollowed), stdout: "true", stderr: "true" };
    const stream = await api.stream("GET", `/containers/${id}/logs`, { query, signal });
    yield* stream.pipe(new Frames());
  }

  /** Passes the log on while the container runs. @returns passes on what is missing, once the container has ended */
  function followLog(id: string, log: ContainerOptions["log"], signal: AbortSignal): () => Promise<void> {
    let passed = 0;
    async function follow(): Promise<void> {
      for await (const part of logOf(id, true, signal)) {
        passed += part.length;
        log(part);
      }
    }
    const following = follow().catch(() => undefined);
    return async () => {
      await following;
      // The engine may end what is followed before a last line without an end is in the log.
      let skipped = 0;
      for await (const part of logOf(id, false, signal)) {
        const rest = part.subarray(Math.min(part.length, passed - skipped));
        skipped += part.length - rest.length;
        if (rest.length > 0) log(rest);
      }
    };
  }

  /** Resolves when it does not run any more. An engine that is started again meanwhile keeps its containers. */
  async function ended(id: string, run: ContainerOptions): Promise<Inspected> {
    for (;;) {
      try {
        await api.json("POST", `/containers/${id}/wait`, { signal: run.signal });
        return await inspect(id);
      } catch (error) {
        run.signal.throwIfAborted();
        if (!(error instanceof DockerError)) throw error;
        if (error.status === 404)
          throw passingError("container-lost", "its container was removed by somebody else");
        run.log(`${error.message}\n`);
        await delay(pauseMilliseconds, undefined, { signal: run.signal });
      }
    }
  }

  /** Until its end. */
  async function watch(
    { Id: id, State: state }: Inspected,
    request: ContainerRequest,
    run: ContainerOptions,
  ) {
    const reader = new AbortController();
    const limit = new AbortController();
    const timer = limitTimer(request, state.StartedAt, limit);
    const signal = AbortSignal.any([run.signal, limit.signal, reader.signal]);
    try {
      const measured = measure(api, id, signal);
      const passOnRest = followLog(id, run.log, signal);
      const { State: end } = await ended(id, { ...run, signal });
      // What it did counts, whether or not its log can be read.
      await passOnRest().catch(() => undefined);
      return { end, usage: { ...measured.usage(), ...gpuUsage(end, request.resources.gpu ?? 0) } };
    } finally {
      clearTimeout(timer);
      reader.abort();
    }
  }

  async function outputsFile(id: string): Promise<string | undefined> {
    const query = { path: `${exchangeFolder}/${outputsFolder}/outputs.json` };
    try {
      return await fileInArchive(
        await api.stream("GET", `/containers/${id}/archive`, { query }),
        maximumOutputsBytes,
      );
    } catch (error) {
      if (error instanceof DockerError && error.status === 404) return undefined;
      throw error;
    }
  }

  async function execute(request: ContainerRequest, run: ContainerOptions): Promise<ContainerResult> {
    const lines = createOutputLines();
    const log = (text: string | Uint8Array) => {
      lines.append(text);
      run.log(text);
    };
    const container = await ensureStarted(request, run);
    const { end, usage } = await watch(container, request, { ...run, log });
    if (end.OOMKilled)
      throw passingError(
        "container-out-of-memory",
        `the container wanted more memory than its ${request.resources.memory} bytes: raise resources.memory of the task`,
      );
    const exitCode = end.ExitCode;
    if (exitCode !== 0) {
      await removeIfPossible(container.Id, run.log);
      return { exitCode, usage, outputs: {} };
    }
    return { exitCode, usage, outputs: readOutputs(await outputsFile(container.Id), lines.last()) };
  }

  return {
    name: "docker",
    async run(request, { signal, detach, log }) {
      const either = detach === undefined ? signal : AbortSignal.any([signal, detach]);
      try {
        either.throwIfAborted();
        inputsText(request.inputs);
        return await execute(request, { signal: either, log });
      } catch (error) {
        if (detach?.aborted && !signal.aborted) throw detach.reason;
        await removeIfPossible(attemptName(owner, request), log);
        if (signal.aborted) throw signal.reason;
        throw error instanceof DockerError
          ? passingError("containers-unavailable", error.message, error)
          : error;
      }
    },
    async removeLeftovers(isEnded) {
      const filters = JSON.stringify({ label: [`${ownerLabel}=${owner}`] });
      const query = { all: "true", filters };
      const all = await api.json<{ Id: string; Labels: Record<string, string> }[]>(
        "GET",
        "/containers/json",
        { query },
      );
      let removed = 0;
      for (const { Id: id, Labels: labels } of all) {
        const runId = labels[annotations.run];
        if (runId === undefined || !(await isEnded(runId))) continue;
        await remove(id);
        removed += 1;
      }
      return removed;
    },
    close: () => api.close(),
  };
}

function limitTimer(
  { timeLimitSeconds: limit }: ContainerRequest,
  startedAt: string,
  controller: AbortController,
): NodeJS.Timeout | undefined {
  if (limit === undefined) return undefined;
  const left = Date.parse(startedAt) + limit * 1000 - Date.now();
  return setTimeout(() => controller.abort(timeLimitError(limit)), Math.max(0, left));
}

function gpuUsage({ StartedAt: from, FinishedAt: to }: Inspected["State"], gpus: number): ContainerUsage {
  return gpus === 0 ? {} : { gpuSeconds: (gpus * Math.max(0, Date.parse(to) - Date.parse(from))) / 1000 };
}
