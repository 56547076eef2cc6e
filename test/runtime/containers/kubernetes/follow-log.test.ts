import assert from "node:assert/strict";
import { PassThrough, type Writable } from "node:stream";
import { followLog } from "../../../../runtime/containers/kubernetes/follow-log.ts";

const time = (nanoseconds: number) => `2026-01-01T00:00:00.${String(nanoseconds).padStart(9, "0")}Z`;

/** Follows a log whose connections bring these texts, one after the other; an error breaks its connection. */
async function follow(connections: (string | Error)[]): Promise<{ text: string; asked: unknown[] }> {
  let text = "";
  const asked: unknown[] = [];
  let made = 0;
  await followLog({
    api: {
      log: async (
        _namespace: string,
        _pod: string,
        _container: string,
        target: Writable,
        options: unknown,
      ) => {
        asked.push((options as { sinceTime?: string }).sinceTime);
        const connection = connections[made++];
        if (connection instanceof Error) throw connection;
        const source = new PassThrough();
        source.pipe(target);
        source.end(connection);
        return new AbortController();
      },
    } as never,
    namespace: "here",
    pod: "pod",
    log: (part) => {
      text += part;
    },
    hasEnded: () => made === connections.length - 1,
    signal: new AbortController().signal,
    pause: async () => undefined,
  });
  return { text, asked };
}

describe("log of a pod", () => {
  it("comes without times, and each line once over several connections", async () => {
    const second = `${time(1)} one\n${time(2)} two, cut\n${time(3)} three\n`;
    const { text, asked } = await follow([`${time(1)} one\n`, second, `${time(3)} three\n${time(4)} four`]);
    assert.equal(text, "one\ntwo, cut\nthree\nfour");
    assert.deepEqual(asked, [undefined, time(1), time(3)]);
  });

  it("keeps lines of the same moment, empty ones and such as look like times", async () => {
    const { text } = await follow([`${time(1)} a\n${time(1)} b\n${time(2)} \n${time(3)} ${time(4)} c\n`]);
    assert.equal(text, `a\nb\n\n${time(4)} c\n`);
  });

  it("ends with the pod", async () => {
    const gone = Object.assign(new Error("pods not found"), { code: 404 });
    assert.equal((await follow([`${time(1)} one\n`, gone, "never", "never"])).text, "one\n");
  });

  it("goes on after a connection that cannot be made", async () => {
    assert.equal((await follow([new Error("connect ECONNREFUSED"), `${time(1)} one\n`])).text, "one\n");
  });
});
