import assert from "node:assert/strict";
import type { GpuPoolSettings } from "../../components/cloud.ts";
import { exampleStacks } from "./example-stacks.ts";
import { OfflineProject } from "./offline-project.ts";

/** Outside production the policy pack wants pools that rest at none. */
const waive = (waivers: string) => `${waivers}
  - rule: gpu-require-scale-to-zero
    resource: pool-*
    reason: how limits change is tried with nodes that stay
    owner: tests
    expires: 2999-12-31
`;

for (const { stack, pool } of exampleStacks.filter(({ production }) => !production))
  describe(`limits of a pool of ${stack}, offline`, function () {
    this.timeout(120_000);
    const project = new OfflineProject();
    after(() => project.remove());

    /** Brings the stack up with these limits of its GPU pool. @returns the pool's inputs. */
    async function upWith(limits: { minimum: number; maximum: number }) {
      // What these pools would cost is another rule's business.
      project.configure(stack, "budget", (budget: object) => ({ ...budget, monthlyUsd: 5000 }));
      project.configure(stack, "gpuPools", ([first]: GpuPoolSettings[]) => [{ ...first, ...limits }]);
      const restore = limits.minimum === 0 ? () => undefined : project.rewrite("stacks/waivers.yaml", waive);
      const { exitCode, text } = await project.skyloom("up", stack);
      restore();
      assert.equal(exitCode, 0, text);
      const [found, second] = project
        .held(stack)
        .filter(({ type, urn }) => type === pool && /::pool-(?!general)[a-z0-9]+$/.test(urn ?? ""));
      assert.ok(found && !second);
      return { text, id: found.id, inputs: project.inputs(stack, found.type, found.id) };
    }

    it("may be raised above the number of nodes, and lowered below it, in place", async () => {
      const { id } = await upWith({ minimum: 0, maximum: 1 });
      const raised = await upWith({ minimum: 2, maximum: 4 });
      const lowered = await upWith({ minimum: 0, maximum: 1 });
      assert.deepEqual([raised.id, lowered.id], [id, id]);
      if (!stack.endsWith("aws")) return;
      assert.deepEqual(raised.inputs.scalingConfig, { minSize: 2, maxSize: 4, desiredSize: 2 });
      assert.deepEqual(lowered.inputs.scalingConfig, { minSize: 0, maxSize: 1, desiredSize: 1 });
      assert.match(lowered.text, /pool t4 has 2 nodes; EKS drains and removes 1 of them/);
    });

    // The others' inputs hold no number of nodes.
    if (stack.endsWith("aws"))
      it("leave alone what an autoscaler did meanwhile", async () => {
        const { id } = await upWith({ minimum: 0, maximum: 3 });
        project.set(stack, pool, id, "scalingConfig.desiredSize", 3);
        const { inputs } = await upWith({ minimum: 1, maximum: 4 });
        assert.deepEqual(inputs.scalingConfig, { minSize: 1, maxSize: 4, desiredSize: 3 });
      });
  });
