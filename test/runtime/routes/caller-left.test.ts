import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { CallerLeft } from "../../../runtime/routes/inference/caller-left.ts";

describe("caller left", () => {
  function closing(writableFinished: boolean): { signal: CallerLeft; close: () => void } {
    const response = Object.assign(new EventEmitter(), { writableFinished });
    const signal = new CallerLeft(response as unknown as ServerResponse);
    return { signal, close: () => response.emit("close") };
  }

  it("tells whoever listens that the answer was not written to its end", () => {
    const { signal, close } = closing(false);
    const told: string[] = [];
    const leave = () => told.push("removed");
    signal.addEventListener("abort", () => told.push("first"));
    signal.addEventListener("abort", leave);
    signal.addEventListener("abort", () => told.push(`last, ${signal.aborted}`));
    signal.removeEventListener("abort", leave);
    signal.removeEventListener("abort", leave);
    assert.equal(signal.aborted, false);
    close();
    assert.deepEqual(told, ["first", "last, true"]);
  });

  it("tells all where one takes itself out meanwhile", () => {
    const { signal, close } = closing(false);
    const told: string[] = [];
    const first = () => {
      signal.removeEventListener("abort", first);
      told.push("first");
    };
    signal.addEventListener("abort", first);
    signal.addEventListener("abort", () => told.push("second"));
    close();
    assert.deepEqual(told, ["first", "second"]);
  });

  it("tells nobody after an answer that was written", () => {
    const { signal, close } = closing(true);
    signal.addEventListener("abort", () => assert.fail("the answer was written"));
    close();
    assert.equal(signal.aborted, false);
  });
});
