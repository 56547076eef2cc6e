import assert from "node:assert/strict";
import { configMap, deployment, service } from "./objects.ts";
import type { Declared } from "./program/declared.ts";
import { KubernetesWorkspace } from "./workspace.ts";

/** Twelve settings, nine Services, nine Deployments. */
const PARTS = 9;
const SETTINGS = 12;
/** Generous: the machine may have other work. What it took is printed. */
const LONGEST_SECONDS = 120;

describe("the stand-in for the Kubernetes provider: thirty objects", function () {
  this.timeout(600_000);
  const workspace = new KubernetesWorkspace();
  before(() => workspace.start());
  after(() => workspace.stop());

  it("brings them up, finds nothing to do, and takes them away, in seconds", async () => {
    const image = await workspace.cluster.idleImage();
    const objects: Declared[] = [
      ...Array.from({ length: SETTINGS }, (_, index) =>
        configMap(`settings-${index}`, { index: String(index) }),
      ),
      ...Array.from({ length: PARTS }, (_, index) => [
        deployment(`part-${index}`, image),
        // A Service waits for its pods: so many that come first would keep the engine from its other steps.
        { ...service(`front-${index}`, `part-${index}`), dependsOn: [`part-${index}`] },
      ]).flat(),
    ];
    const first = await workspace.up(objects);
    assert.equal(first.exitCode, 0, first.output);
    const second = await workspace.up(objects, "--expect-no-changes");
    assert.equal(second.exitCode, 0, second.output);
    const refreshed = await workspace.up(objects, "--refresh", "--expect-no-changes");
    assert.equal(refreshed.exitCode, 0, refreshed.output);
    const destroyed = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.equal(destroyed.exitCode, 0, destroyed.output);
    const steps = { up: first, "second up": second, "up with refresh": refreshed, destroy: destroyed };
    const figures = Object.entries(steps).map(([name, { seconds }]) => `${name} ${seconds.toFixed(1)} s`);
    console.log(`      ${objects.length} objects: ${figures.join(", ")}`);
    for (const { seconds } of Object.values(steps)) assert.ok(seconds < LONGEST_SECONDS, figures.join(", "));
  });
});
