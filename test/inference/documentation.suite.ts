import assert from "node:assert/strict";
import { assertPrints, examplesOf, readPage } from "./page-examples.ts";
import { type InferenceServer, startInferenceServer } from "./start-inference-server.ts";

describe("docs/inference.md", () => {
  const examples = examplesOf(readPage("inference.md"));
  let server: InferenceServer;
  before(async () => {
    server = await startInferenceServer("automatic");
  });
  after(() => server.stop());

  it("has examples", () => {
    assert.ok(examples.length > 5);
  });

  examples.forEach((example, index) => {
    it(`example ${index + 1} prints what the page shows: ${example.command.split("\n")[0]}`, () =>
      assertPrints(example, server.port));
  });
});
