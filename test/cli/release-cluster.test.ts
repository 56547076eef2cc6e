import assert from "node:assert/strict";
import { volumesOfClaims } from "../../cli/cluster/claims.ts";
import type { ClusterObjects, HangingObject, Step } from "../../cli/cluster/hanging-objects.ts";
import type { FoundObject, ObjectReader } from "../../cli/cluster/object-reader.ts";
import { releaseCluster } from "../../cli/cluster/release-cluster.ts";

interface Held extends HangingObject {
  step: Step;
  /** Looks until it is gone after its deletion was asked for. */
  looks: number;
}

function object(kind: string, step: Step, looks: number, more: Partial<Held> = {}): Held {
  const common = { apiVersion: "v1", namespace: "web", name: "x", owns: "something", finalizers: [] };
  return { ...common, kind, step, looks, isDeleting: false, ...more };
}

/** Objects that go some looks after they were asked to. */
class PretendCluster implements ClusterObjects {
  #held: Held[];
  readonly removed: string[] = [];

  constructor(held: Held[]) {
    this.#held = held;
  }

  async list(step: Step): Promise<HangingObject[]> {
    this.#held = this.#held
      .map((each) => (each.isDeleting && each.step === step ? { ...each, looks: each.looks - 1 } : each))
      .filter(({ looks }) => looks > 0);
    return this.#held.filter((each) => each.step === step);
  }

  async remove(removed: HangingObject): Promise<void> {
    this.removed.push(removed.kind);
    this.#held = this.#held.map((each) => (each === removed ? { ...each, isDeleting: true } : each));
  }
}

function run(cluster: ClusterObjects, seconds = 60) {
  const clock = { seconds: 0 };
  const waits: string[][] = [];
  const stuck = releaseCluster(cluster, {
    seconds,
    now: () => clock.seconds * 1000,
    pause: async () => {
      clock.seconds += 5;
    },
    onWait: (waiting) => waits.push(waiting.map(({ kind }) => kind)),
  });
  return { stuck, clock, waits };
}

describe("what hangs on a cluster", () => {
  it("is deleted and waited for, nodes after the load balancers and volumes whose controllers they run", async () => {
    const cluster = new PretendCluster([
      object("NodePool", "nodes", 2),
      object("Service", "load balancers and volumes", 3),
      object("PersistentVolumeClaim", "load balancers and volumes", 1),
    ]);
    const { stuck, waits } = run(cluster);
    assert.deepEqual(await stuck, []);
    assert.deepEqual(cluster.removed, ["Service", "PersistentVolumeClaim", "NodePool"]);
    assert.deepEqual(waits.at(-1), ["NodePool"]);
    assert.ok(waits.slice(0, 3).every((kinds) => !kinds.includes("NodePool")));
  });

  it("is asked to go once, and what follows another or is going already is only waited for", async () => {
    const cluster = new PretendCluster([
      object("Service", "load balancers and volumes", 4),
      object("Ingress", "load balancers and volumes", 2, { isDeleting: true }),
    ]);
    assert.deepEqual(await run(cluster).stuck, []);
    assert.deepEqual(cluster.removed, ["Service"]);
    const volume = object("PersistentVolume", "load balancers and volumes", 1, { followsAnother: true });
    const follower = new PretendCluster([volume]);
    assert.deepEqual(
      (await run(follower, 10).stuck).map(({ kind }) => kind),
      ["PersistentVolume"],
    );
    assert.deepEqual(follower.removed, []);
  });

  it("is told after the time limit, and the nodes are left as they are", async () => {
    const cluster = new PretendCluster([
      object("Service", "load balancers and volumes", 1000),
      object("NodePool", "nodes", 1),
    ]);
    const { stuck, clock } = run(cluster, 30);
    assert.deepEqual(
      (await stuck).map(({ kind }) => kind),
      ["Service"],
    );
    assert.equal(clock.seconds, 30);
    assert.deepEqual(cluster.removed, ["Service"]);
  });

  it("is a volume whose disk goes after its claim, not one that is retained or that people made for a claim", async () => {
    const volume = (name: string, phase: string, persistentVolumeReclaimPolicy: string): FoundObject => ({
      ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name }, status: { phase } },
      spec: { claimRef: { name: "data", namespace: "web" }, persistentVolumeReclaimPolicy },
    });
    const volumes = [
      volume("bound", "Bound", "Delete"),
      volume("released", "Released", "Delete"),
      volume("retained", "Released", "Retain"),
      volume("reserved", "Available", "Delete"),
    ];
    const reader = {
      list: async () => volumes,
      hanging: ({ metadata }: FoundObject) => ({ name: metadata?.name }) as HangingObject,
    } as Partial<ObjectReader> as ObjectReader;
    assert.deepEqual(await volumesOfClaims(reader), [
      { name: "bound", followsAnother: true },
      { name: "released", followsAnother: true },
    ]);
  });

  it("is nothing in an empty cluster, which is not waited for", async () => {
    const { stuck, clock } = run(new PretendCluster([]));
    assert.deepEqual(await stuck, []);
    assert.equal(clock.seconds, 0);
  });
});
