import assert from "node:assert/strict";
import {
  fitKeywords,
  keywordKind,
  wholeWords,
  wordStems,
} from "../../../../examples/automatic-operations/baselines/keyword-baseline.ts";
import { generateDataset } from "../../../../examples/automatic-operations/data/dataset.ts";

const line = (text: string) => ({ text: `10:00:00 WARN server-1: ${text}`, fault: undefined });

describe("the keyword list", () => {
  it("names most of the faults that it was derived from", () => {
    const { training } = generateDataset({
      seed: 2,
      trainingServers: 60,
      heldOutServers: 1,
      windowsPerServer: 10,
    });
    const faults = training.filter(({ fault }) => fault !== undefined);
    const lists = fitKeywords(training);
    const right = faults.filter((window) => keywordKind(lists, window.logs) === window.fault).length;
    assert.ok(right / faults.length > 0.7, `${right} of ${faults.length}`);
  });

  it("counts lines, finds words within words, and sees neither the server's name nor case", () => {
    const lists = {
      "memory-leak": ["heap"],
      "cpu-runaway": ["server"],
      "disk-full": ["disk"],
      "connection-pool-exhausted": [],
      "dependency-timeout": [],
    };
    assert.equal(
      keywordKind(lists, [line("Heapspace gone"), line("heap"), line("disk disk disk")]),
      "memory-leak",
    );
    assert.equal(keywordKind(lists, [line("all is well")]), undefined);
  });

  it("takes words of three letters and more, or their stems", () => {
    assert.deepEqual(wholeWords(line("no allocation in 12 ms").text), ["allocation"]);
    assert.deepEqual(wordStems(line("allocation and allocating").text), ["alloc", "and", "alloc"]);
  });
});
