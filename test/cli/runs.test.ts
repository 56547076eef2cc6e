import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../runtime/workflows/run.ts";
import type { RunPlans } from "../../runtime/workflows/run-plan/run-plans.ts";
import { taskOf } from "../runtime/workflows/engine-fixture.ts";
import { workflowRuntime } from "./workflow-runtime.ts";

describe("skyloom runs", function () {
  this.timeout(120_000);
  const runtime = workflowRuntime();
  const runs = (...args: string[]) => runtime.skyloom("runs", ...args);
  const ended = async (...run: Parameters<typeof runtime.start>) =>
    runtime.wait(await runtime.start(...run), undefined, 60);
  const awaitPayment = "  pay: {uses: event, with: {await: payment}}\n";

  describe("signal", () => {
    it("gives a run the event that a task awaits, once for each id", async () => {
      const { id } = await runtime.start(
        "paid",
        `${awaitPayment}  send: {uses: event, needs: [pay], with: {await: parcel}}\n`,
      );
      const pay = () => runs("signal", id, "payment", "--data", '{"amount": 20}', "--event-id", "p-1");
      const [first, again] = [await pay(), await pay()];
      assert.deepEqual([first.exitCode, first.stdout], [0, `${id} got payment\n`], first.stderr);
      assert.deepEqual([again.exitCode, again.stdout], [0, `${id} got payment\n`], again.stderr);
      const sent = await runs("signal", id, "parcel", "--json");
      assert.equal((JSON.parse(sent.stdout) as Run).id, id);
      const run = await runtime.wait({ id });
      assert.equal(run.state, "succeeded");
      const dataOf = (task: string) => (taskOf(run, task).outputs as { data: unknown }).data;
      assert.deepEqual([dataOf("pay"), dataOf("send")], [{ amount: 20 }, null]);
    });

    it("says what is wrong, with status 2", async () => {
      const { id } = await runtime.start("unpaid", awaitPayment);
      const wrong: [args: string[], message: RegExp][] = [
        [["run-none", "payment"], /there is no run "run-none"/],
        [[id, "parcel"], /no task .*awaits.*parcel|parcel.*no task/],
        [[id, "payment", "--data", "{amount: 20}"], /--data.*must be JSON \(text in double quotes\)/],
        [[id], /missing required argument 'event'/],
        [[id, "payment", "--url", "runtime"], /--url.*must be an address such as http/],
      ];
      for (const [args, message] of wrong) {
        const { exitCode, stdout, stderr } = await runs("signal", ...args);
        assert.match(stderr, message);
        assert.deepEqual([exitCode, stdout], [2, ""], stderr);
      }
      await runtime.engine.cancelRun(id);
      await runtime.wait({ id });
      const late = await runs("signal", id, "payment");
      assert.deepEqual([late.exitCode, /has ended|is cancelled/.test(late.stderr)], [2, true], late.stderr);
    });
  });

  describe("approve", () => {
    const asking = (options = "") => `  ask: {uses: approve, with: {question: "Go on?"${options}}}\n`;

    it("agrees by the option that says so, where no decision is named", async () => {
      for (const [options, consent] of [
        ["", "yes"],
        [", options: [reject, approve]", "approve"],
      ]) {
        const { id } = await runtime.start(`agreed-${consent}`, asking(options));
        await runtime.wait({ id }, (run) => taskOf(run, "ask").state === "waiting");
        const shown = await runs("show", id);
        assert.match(shown.stdout, /ask +approve +waiting +Go on\? \(/);
        const answer = await runs("approve", id, "--task", "ask", "--person", "Kim");
        assert.deepEqual([answer.exitCode, answer.stdout], [0, `ask: ${consent}, by Kim\n`], answer.stderr);
        const run = await runtime.wait({ id });
        assert.equal((taskOf(run, "ask").outputs as { decision: string }).decision, consent);
      }
    });

    it("asks for the decision where no option says so, and tells what is wrong", async () => {
      const { id } = await runtime.start("undecided", asking(", options: [small, large]"));
      await runtime.wait({ id }, (run) => taskOf(run, "ask").state === "waiting");
      const wrong: [args: string[], message: RegExp][] = [
        [["--task", "ask"], /which decision\? .*--decision, one of: small, large/],
        [["--task", "ask", "--decision", "yes"], /"yes" is no option; the options are small, large/],
        [["--task", "none"], /no task "?none/],
        [[], /required option '--task <name>'/],
      ];
      for (const [args, message] of wrong) {
        const { exitCode, stdout, stderr } = await runs("approve", id, ...args);
        assert.match(stderr, message);
        assert.deepEqual([exitCode, stdout], [2, ""], stderr);
      }
      const answer = await runs("approve", id, "--task", "ask", "--decision", "large");
      assert.equal(answer.exitCode, 0, answer.stderr);
    });
  });

  describe("plan", () => {
    const tasks = `  fetch: {uses: decide, with: {outputs: {a: 1}}, duration: 60}
  train: {uses: decide, needs: [fetch], with: {outputs: {a: 1}}, duration: 120}
`;

    it("shows what was planned beside what happened, as text, as JSON and as a picture", async () => {
      const { id } = await ended("planned", tasks);
      const picture = join(runtime.folder, "plan.svg");
      const { exitCode, stdout, stderr } = await runs("plan", id, "--svg", picture);
      assert.equal(exitCode, 0, stderr);
      const [first] = stdout.split("\n");
      assert.equal(first, "plan 1, at the start: done at 3 min");
      assert.match(stdout, /^fetch +succeeded +0 s to 1 min +\S.* to /m);
      assert.match(stdout, /^train +succeeded +1 min to 3 min +\S.* to /m);
      assert.match(readFileSync(picture, "utf8"), /^<svg .*[\s\S]*planned: run-/);
      const json = await runs("plan", id, "--json");
      const { plans, tasks: rows } = JSON.parse(json.stdout) as RunPlans;
      assert.deepEqual([plans[0]?.plan?.makespan, rows.map(({ name }) => name)], [180, ["fetch", "train"]]);
    });

    it("says where there is none, and writes no picture then", async () => {
      const { id } = await ended("unplanned", "  only: {uses: decide, with: {outputs: {a: 1}}}\n");
      const plain = await runs("plan", id);
      assert.deepEqual(
        [plain.exitCode, /the run is not planned/.test(plain.stdout)],
        [0, true],
        plain.stderr,
      );
      const picture = join(runtime.folder, "none.svg");
      const drawn = await runs("plan", id, "--svg", picture);
      assert.deepEqual([drawn.exitCode, existsSync(picture)], [2, false]);
      assert.match(drawn.stderr, /there is no plan to draw; .*none\.svg was not written/);
      const unknown = await runs("plan", "run-none");
      assert.deepEqual([unknown.exitCode, /there is no run "run-none"/.test(unknown.stderr)], [2, true]);
    });

    it("says which file cannot be written", async () => {
      const { id } = await ended("unwritable", tasks);
      const { exitCode, stderr } = await runs("plan", id, "--svg", join(runtime.folder, "none", "plan.svg"));
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /none\/plan\.svg cannot be written: .*no such file or directory/);
    });
  });
});
