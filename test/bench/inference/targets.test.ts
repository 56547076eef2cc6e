import assert from "node:assert/strict";
import type { Row } from "../../../bench/inference/row.ts";
import { judgeTargets } from "../../../bench/inference/targets.ts";

function row(server: Row["server"], place: Partial<Row>, requestsPerSecond: number | null, p50Ms = 1): Row {
  const defaults = { model: "tiny", concurrency: 64, encoding: "json" } as const;
  return { server, ...defaults, ...place, requestsPerSecond, p50Ms, p99Ms: 2, memoryMb: 100 };
}

function stateOf(rows: Row[], name: RegExp) {
  const { state, value } = judgeTargets(rows).find((target) => name.test(target.name)) ?? {};
  return [state, value];
}

describe("targets of bench:inference", () => {
  it("hold a ratio that is reached exactly for met, and one just under it not", () => {
    const peer = row("mlserver", {}, 1000);
    assert.deepEqual(stateOf([row("skyloom", {}, 3000), peer], /mlserver/), ["met", 3]);
    assert.deepEqual(stateOf([row("skyloom", {}, 2999), peer], /mlserver/), ["not met", 2.999]);
  });

  it("say what was not measured, for missing rows and for rows without figures", () => {
    assert.deepEqual(stateOf([row("skyloom", {}, 3000)], /litserve/), ["not measured", undefined]);
    const refused = [row("skyloom", {}, 100), row("skyloom", { encoding: "binary" }, null)];
    assert.deepEqual(stateOf(refused, /binary over JSON/), ["not measured", undefined]);
  });

  it("compare added latency by the median at concurrency 1, and want it under the limit", () => {
    const bare = row("bare", { encoding: "binary", concurrency: 1 }, 100, 0.5);
    const own = (p50Ms: number) => row("skyloom", { concurrency: 1 }, 100, p50Ms);
    assert.deepEqual(stateOf([bare, own(1.25)], /json, concurrency 1/), ["met", 0.75]);
    assert.deepEqual(stateOf([bare, own(1.5)], /json, concurrency 1/), ["not met", 1]);
  });

  it("ask for a gain by batches only where the bare loop shows one", () => {
    const encoder = (server: Row["server"], concurrency: number, rate: number) =>
      row(server, { model: "encoder", encoding: "binary", concurrency }, rate);
    const own = encoder("skyloom", 64, 190);
    const gain = /encoder.*without batches/;
    const little = [own, encoder("bare", 1, 101), encoder("bare", 64, 200)];
    assert.deepEqual(stateOf(little, gain), [undefined, undefined]);
    assert.deepEqual(stateOf(little, /encoder.*of bare/), ["met", 0.95]);
    const much = [own, encoder("bare", 1, 100), encoder("bare", 64, 200)];
    assert.deepEqual(stateOf(much, gain), ["not met", 1.9]);
  });
});
