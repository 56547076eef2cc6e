import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Frames } from "../../../../runtime/containers/docker/frames.ts";

function frame(kind: number, content: string): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(8);
  head[0] = kind;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

describe("frames of Docker's log", () => {
  it("are taken apart wherever they are cut", async () => {
    const all = Buffer.concat([frame(1, "out\n"), frame(2, ""), frame(2, "err ä\n"), frame(1, "last")]);
    for (let at = 0; at <= all.length; at += 1) {
      const parts = Readable.from([all.subarray(0, at), all.subarray(at)]);
      assert.equal(await text(parts.pipe(new Frames())), "out\nerr ä\nlast", `cut at ${at}`);
    }
  });
});
