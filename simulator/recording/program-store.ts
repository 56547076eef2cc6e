import type { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { serializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import type { Properties } from "../values.ts";

/** What the SDK keeps for one program (runtime/state.js); its types are not published. */
export interface ProgramStore {
  settings: { monitor: unknown; engine: unknown; rpcDone: Promise<unknown> };
  callbacks: unknown;
  supportsTransforms: boolean;
}
const { LocalStore } = createRequire(import.meta.url)("@pulumi/pulumi/runtime/state.js") as {
  LocalStore: new () => ProgramStore;
};
// Set by the SDK for all its copies in one process.
declare const asyncLocalStorage: AsyncLocalStorage<ProgramStore>;

/** Lets an action have the SDK as if it were the only program of the process. */
export async function withProgramStore<Result>(
  action: (store: ProgramStore) => Promise<Result>,
): Promise<Result> {
  const store = new LocalStore();
  return await asyncLocalStorage.run(store, () => action(store));
}

/** Runs a program until nothing of it is on its way. @returns what it returned, secrets and unknown values marked. */
export async function settled(
  store: ProgramStore,
  program: () => unknown,
): Promise<Properties[string] | undefined> {
  const returned = await program();
  const { result } = (await serializeProperties("result", { result: returned })) as Properties;
  for (let done: unknown; done !== store.settings.rpcDone; ) {
    done = store.settings.rpcDone;
    await done;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return result;
}
