import assert from "node:assert/strict";
import type { GpuPoolSettings } from "../../components/cloud.ts";
import { exampleStacks } from "./example-stacks.ts";
import { OfflineProject } from "./offline-project.ts";

for (const { stack, cluster, pool, existing } of exampleStacks.filter(({ production }) => !production))
  describe(`trouble with ${stack}, offline`, function () {
    this.timeout(120_000);
    const project = new OfflineProject();
    after(() => project.remove());
    const gone = async () => {
      for (let tenths = 0; tenths < 150 && project.processes().length > 0; tenths += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
    };

    it("refuses a wrong configuration with all its problems before the first resource", async () => {
      project.configure(stack, "gpuPools", ([first]: GpuPoolSettings[]) => [
        { ...first, accelerator: "voodoo2" },
        { ...first, machineType: "abacus" },
      ]);
      const { exitCode, text } = await project.skyloom("up", stack);
      project.configure(stack, "gpuPools", ([first]: GpuPoolSettings[]) => [{ ...first, accelerator: "t4" }]);
      assert.notEqual(exitCode, 0);
      assert.match(text, /skyloom:gpuPools\[0\]\.accelerator: .*voodoo2/);
      assert.match(text, /skyloom:gpuPools\[1\]\.machineType: .*abacus/);
      assert.doesNotMatch(text, /\n\s+at .*node_modules/, "a stack trace is nothing for users");
      assert.deepEqual(project.held(stack), []);
    });

    it("takes over nothing that exists already, and says that it does", async () => {
      const { type, name, inputs, config } = existing;
      await project.editor(stack).add(type, name, inputs, config);
      const { exitCode, text } = await project.skyloom("up", stack);
      assert.notEqual(exitCode, 0);
      assert.match(text, new RegExp(`\\(${name}\\)[\\s\\S]*already (exist|own)`, "i"));
      assert.equal(project.editor(stack).get(type, existing.id)?.urn, undefined);
    });

    it("takes it over by an import", async () => {
      const { type, name, id } = existing;
      const foundation = await project.urn(stack, "foundation");
      const flags = ["--protect=false", "--generate-code=false", "--yes", "--skip-preview"];
      const { exitCode, text } = await project.pulumi(
        ...[stack, "import", type, name, id, "--parent", `foundation=${foundation}`, ...flags],
      );
      assert.equal(exitCode, 0, text);
    });

    it("goes on after an update that was killed", async () => {
      // All that needs no cluster is made by then.
      project.setFaults(stack, [{ type: cluster, operation: "create", delayMs: 60_000 }]);
      const before = project.held(stack).length;
      let [count, since] = [before, Date.now()];
      const { exitCode } = await project.interruptUp(stack, "SIGKILL", () => {
        const now = project.held(stack).length;
        if (now !== count) [count, since] = [now, Date.now()];
        return count > before && Date.now() - since > 1500;
      });
      assert.notEqual(exitCode, 0);
      assert.ok(!project.held(stack).some(({ type }) => type === cluster));
    });

    it("leaves no process of the killed update", async () => {
      await gone();
      assert.deepEqual(project.processes(), []);
    });

    it("leaves no process of an update that was killed while it began", async () => {
      const started = Date.now();
      await project.interruptUp(stack, "SIGKILL", () => Date.now() - started > 1300);
      await gone();
      assert.deepEqual(project.processes(), []);
    });

    it("names a cluster that was created by half", async () => {
      project.setFaults(stack, [{ type: cluster, operation: "create", kind: "half-created" }]);
      const { exitCode, text } = await project.skyloom("up", stack);
      assert.notEqual(exitCode, 0);
      assert.match(text, /Cluster \(cluster\)|ManagedCluster \(cluster\)/);
    });

    it("goes on, and names a pool whose quota is too small", async () => {
      project.setFaults(stack, [{ type: pool, name: "^pool-t4", operation: "create", kind: "quota" }]);
      const { exitCode, text } = await project.skyloom("up", stack);
      assert.notEqual(exitCode, 0);
      assert.match(text, /\(pool-t4\)/);
      assert.match(text, /quota|limit/i);
    });

    it("goes on, and is patient with a provider that throttles", async () => {
      project.setFaults(stack, [{ operation: "create", kind: "throttling", times: 3 }]);
      const { exitCode, text } = await project.skyloom("up", stack);
      assert.equal(exitCode, 0, text);
    });

    it("keeps what it took over, with the stack's own settings", () => {
      const found = project
        .held(stack)
        .filter(({ type, id }) => type === existing.type && id === existing.id);
      assert.equal(found.length, 1);
      assert.equal(found[0]?.tags.stack, stack);
    });

    it("stops at the terminal's interrupt, and goes on", async () => {
      project.setFaults(stack, [{ type: pool, operation: "update", delayMs: 4000 }]);
      project.configure(stack, "gpuPools", ([first]: GpuPoolSettings[]) => [{ ...first, maximum: 3 }]);
      const started = Date.now();
      await project.interruptUp(stack, "SIGINT", () => Date.now() - started > 4500);
      project.setFaults(stack, []);
      const { exitCode, text } = await project.skyloom("up", stack);
      assert.equal(exitCode, 0, text);
    });

    it("previews with the plain command line, as typed", async () => {
      const { exitCode, text } = await project.shell(
        `eval "$(node cli/main.ts env -s ${stack} --offline)"
         pulumi preview -s ${stack} --non-interactive --expect-no-changes`,
      );
      assert.equal(exitCode, 0, text);
    });

    it("leaves nothing after all that", async () => {
      const { exitCode, text, stdout } = await project.skyloom("destroy", stack, "--yes");
      assert.equal(exitCode, 0, text);
      assert.deepEqual(JSON.parse(stdout).left, []);
    });
  });
