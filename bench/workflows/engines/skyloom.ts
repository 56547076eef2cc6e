import { join } from "node:path";
import * as clients from "@restatedev/restate-sdk-clients";
import type { RunService } from "../../../runtime/workflows/run-service.ts";
import { runServiceName } from "../../../runtime/workflows/run-state.ts";
import { testEngine } from "../../../test/runtime/workflows/engine-server.ts";
import { startRestateServer } from "../../../test/runtime/workflows/restate-server.ts";
import { type Shape, tasksOf } from "../shapes.ts";
import type { Engine } from "./engine.ts";

/** The engine as the runtime has it, on a folder as the bucket. Its tasks are steps as any other that runs inline. */
export const skyloom: Engine = {
  name: "skyloom",
  note: "its tasks are of type notify, with a log that keeps nothing; each run writes two objects to the bucket",
  async start(folder) {
    const server = await startRestateServer(join(folder, "restate"));
    const workflows = testEngine({
      bucket: join(folder, "bucket"),
      restateIngress: server.ingress,
      restateAdmin: server.admin,
      workflowPort: 0,
    });
    await workflows.start();
    const known = new Set<string>();
    const run = (id: string) =>
      clients.connect({ url: server.ingress }).workflowClient<RunService>({ name: runServiceName }, id);
    return {
      async carryOut(shape) {
        if (!known.has(shape.name)) await workflows.putDefinition(specificationOf(shape));
        known.add(shape.name);
        await Promise.all(
          Array.from({ length: shape.runs }, async () => {
            const { id } = await workflows.startRun({ workflow: shape.name });
            // Asking how far it is would be measured too.
            const { state } = await run(id).workflowAttach();
            if (state !== "succeeded") throw new Error(`run ${id} ${state}`);
          }),
        );
      },
      async stop() {
        await workflows.stop();
        await server.kill();
      },
    };
  },
};

function specificationOf(shape: Shape): string {
  const lines = shape.layers.flatMap((_, layer) => {
    const needs = layer === 0 ? [] : tasksOf(shape, layer - 1);
    return tasksOf(shape, layer).map(
      (name) => `  ${name}: {needs: [${needs.join(", ")}], uses: notify, with: {message: x}}`,
    );
  });
  return `name: ${shape.name}\nconcurrency: 1000\ntasks:\n${lines.join("\n")}\n`;
}
