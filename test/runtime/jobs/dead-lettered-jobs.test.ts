import assert from "node:assert/strict";
import { createDeadLetteredJobs } from "../../../runtime/jobs/dead-lettered-jobs.ts";
import { row } from "../inference/models.ts";
import { JobFixture, useEngine } from "./job-fixture.ts";

describe("jobs of dead letters", () => {
  const engine = useEngine();
  let fixture: JobFixture;
  beforeEach(async () => {
    fixture = new JobFixture();
    await fixture.start(engine());
  });
  afterEach(() => fixture.stop());

  it("fail, although no handler lived long enough to say so", async () => {
    const { queue, store, jobs } = fixture;
    const endDeadLettered = createDeadLetteredJobs({ queue, store, jobs });
    await jobs.submit({ id: "one", model: "scale", inputs: row(1, 2).inputs });
    await queue.send("no event at all");
    // Three deliveries that nobody settles, as by processes that die; a fourth look puts both aside.
    for (let delivery = 0; delivery < 4; delivery += 1) {
      await queue.receive({ maximum: 10 });
      fixture.advance(60);
    }
    assert.equal((await queue.deadLetters()).length, 2);
    assert.equal((await jobs.get("one")).state, "pending");
    await endDeadLettered();
    const { state, error } = await jobs.get("one");
    assert.deepEqual([state, error?.code], ["failed", "dead-lettered"]);
    assert.match(error?.message ?? "", /too many attempts/);
  });
});
