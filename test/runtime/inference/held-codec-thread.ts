import { once } from "node:events";
import { BroadcastChannel, isMainThread } from "node:worker_threads";

const channelName = "held-codec-thread";

/** The entry of a thread for large JSON that begins only once it is released. */
export const heldCodecEntry = new URL(import.meta.url);

/** Tells of the thread that is started next. */
export function watchHeldCodec() {
  const channel = new BroadcastChannel(channelName);
  return {
    waiting: once(channel as unknown as EventTarget, "message"),
    release: () => channel.postMessage("go"),
    close: () => channel.close(),
  };
}

if (!isMainThread) {
  const channel = new BroadcastChannel(channelName);
  const released = once(channel as unknown as EventTarget, "message");
  channel.postMessage("waiting");
  await released;
  channel.close();
  await import("../../../runtime/inference/protocol/codec-thread.ts");
}
