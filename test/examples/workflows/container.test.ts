import assert from "node:assert/strict";
import { createProcessRunner } from "../../../runtime/containers/process/process-runner.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { runCountWords } from "./count-words.ts";

describe("example of a container", () => {
  const folder = temporaryFolder();

  it("runs as a process where there is no engine for containers", async function () {
    this.timeout(120_000);
    const { log } = await runCountWords(folder.path, createProcessRunner());
    assert.match(log, /^attempt 1: debian:bookworm-slim\nimage debian:bookworm-slim is not used/);
  });
});
