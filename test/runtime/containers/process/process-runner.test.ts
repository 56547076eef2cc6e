import assert from "node:assert/strict";
import { describeContainerContract, start } from "../../../contracts/containers.ts";
import { capabilities, createProcessFixture } from "./process-fixture.ts";

describeContainerContract({ name: "process", capabilities, createFixture: createProcessFixture });

describe("containers as processes", () => {
  it("want a command, since the image's own is not known", async () => {
    const fixture = await createProcessFixture();
    try {
      await assert.rejects(start(fixture, "", { command: undefined }).result, {
        code: "container-not-startable",
        status: 422,
        message: /task: command is missing/,
      });
      assert.equal(await fixture.count(), 0);
    } finally {
      await fixture.dispose({ keep: false });
    }
  });
});
