import assert from "node:assert/strict";
import { createOutputLines } from "../../../runtime/containers/output-line.ts";

const found = (...parts: (string | Uint8Array)[]) => {
  const lines = createOutputLines();
  for (const part of parts) lines.append(part);
  return lines.last();
};

describe("outputs in a log", () => {
  it("are found wherever the log is cut, also in the middle of a character", () => {
    const log = Buffer.from('before\n::skyloom-outputs::{"a": "ä"}\r\nafter');
    for (let at = 0; at <= log.length; at += 1)
      assert.equal(found(log.subarray(0, at), log.subarray(at)), '{"a": "ä"}', `cut at ${at}`);
  });

  it("are those of the last such line, with or without an end", () => {
    assert.equal(found("::skyloom-outputs::1\n::skyloom-outputs::2\n::skyloom-outputs::3"), "3");
  });

  it("stand at the beginning of a line", () => {
    assert.equal(found(" ::skyloom-outputs::1\nx::skyloom-outputs::2\n::skyloom-output::3\n"), undefined);
  });

  it("are not kept where they are too large", () => {
    const large = `::skyloom-outputs::"${"x".repeat(300_000)}"\n`;
    assert.equal(found("::skyloom-outputs::1\n", large), "1");
  });
});
