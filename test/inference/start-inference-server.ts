import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ModelControlMode } from "../../runtime/inference/model-control.ts";

export interface InferenceServer {
  port: number;
  /** Bytes that the process holds in memory now. */
  memory(): Promise<number>;
  /** Undefined while it runs, else how it ended. */
  ending(): string | undefined;
  stop(): Promise<void>;
}

/** inference-server.ts as a process of its own. */
export async function startInferenceServer(mode: ModelControlMode, token = ""): Promise<InferenceServer> {
  const child = fork(fileURLToPath(new URL("./inference-server.ts", import.meta.url)), [mode, token], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const { port } = await nextMessage<{ port: number }>(child);
  return {
    port,
    async memory() {
      child.send("memory");
      return (await nextMessage<{ memory: number }>(child)).memory;
    },
    ending: () =>
      child.exitCode === null && child.signalCode === null
        ? undefined
        : `status ${child.exitCode ?? child.signalCode}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off("exit", onExit);
      resolve(message as Message);
    };
    const onExit = (code: number | null, signal: string | null) => {
      child.off("message", onMessage);
      reject(new Error(`the inference server ended with ${signal ?? `status ${code}`}`));
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
  });
}
