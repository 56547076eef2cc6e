import assert from "node:assert/strict";
import {
  ask,
  emptyPool,
  grantWaiting,
  type PoolCapacity,
  type PoolRequest,
  type PoolState,
  remove,
} from "../../../../runtime/workflows/admission/pool.ts";

const capacityOf = (total: PoolCapacity["total"]): PoolCapacity => ({ total, largest: total });
const exactly = (amount: number) => ({ minimum: amount, maximum: amount });

type Asked = Partial<PoolRequest> & { holder: string };

function asked(state: PoolState, ...requests: Asked[]): PoolState {
  return requests.reduce((current, { holder, ...rest }) => {
    const task = { run: holder, workflow: holder, task: "t", priority: 0, share: 1, awakeable: holder };
    return ask(current, { holder, ...task, resources: { cpu: exactly(1) }, ...rest });
  }, state);
}

/** Who is granted something, in order. */
function served(state: PoolState, capacity: PoolCapacity) {
  const { granted, state: next } = grantWaiting(state, capacity);
  return { names: granted.map(({ awakeable }) => awakeable), granted, next };
}

describe("pool of resources", () => {
  it("grants what fits, and the rest when something is given back", () => {
    const cpu = { cpu: exactly(2) };
    const state = asked(emptyPool, { holder: "a", resources: cpu }, { holder: "b", resources: cpu });
    const first = served(state, capacityOf({ cpu: 3, gpus: {} }));
    assert.deepEqual(first.names, ["a"]);
    assert.deepEqual(served(first.next, capacityOf({ cpu: 3, gpus: {} })).names, []);
    const released = remove(first.next, ({ holder }) => holder === "a");
    assert.deepEqual(served(released, capacityOf({ cpu: 3, gpus: {} })).names, ["b"]);
  });

  it("grants as much of a range as is there", () => {
    const resources = {
      gpu: { minimum: 3, maximum: 4 },
      memory: { minimum: 1, maximum: 8 },
      cpu: exactly(1),
    };
    const { granted } = served(
      asked(emptyPool, { holder: "a", resources }),
      capacityOf({ cpu: 4, memory: 5, gpus: { l4: 3 } }),
    );
    assert.deepEqual(granted[0]?.grant, { gpu: 3, gpuType: "l4", memory: 5, cpu: 1 });
    const exact = { ...resources, gpu: exactly(4) };
    const refused = asked(emptyPool, { holder: "a", resources: exact });
    assert.deepEqual(served(refused, capacityOf({ cpu: 4, memory: 5, gpus: { l4: 3 } })).names, []);
  });

  it("gives GPUs of one kind: of the kind asked for, else of that of which most is there", () => {
    const capacity = capacityOf({ gpus: { a: 1, b: 3 } });
    const any = asked(emptyPool, { holder: "any", resources: { gpu: exactly(2) } });
    assert.equal(served(any, capacity).granted[0]?.grant.gpuType, "b");
    const four = asked(emptyPool, { holder: "four", resources: { gpu: exactly(4) } });
    assert.deepEqual(served(four, capacity).names, []);
    const typed = asked(
      emptyPool,
      { holder: "one", resources: { gpu: exactly(1), gpuType: "a" } },
      { holder: "other", resources: { gpu: exactly(1), gpuType: "a" } },
    );
    assert.deepEqual(served(typed, capacity).names, ["one"]);
  });

  it("gives one task no more than one machine has", () => {
    const capacity = { total: { cpu: 8, gpus: {} }, largest: { cpu: 4, gpus: {} } };
    const state = asked(
      emptyPool,
      { holder: "range", resources: { cpu: { minimum: 1, maximum: 8 } } },
      { holder: "large", resources: { cpu: exactly(5) } },
    );
    const { names, granted } = served(state, capacity);
    assert.deepEqual([names, granted[0]?.grant], [["range"], { cpu: 4 }]);
  });

  it("limits nothing that nobody knows the amount of", () => {
    const resources = { network: { minimum: 10, maximum: 1000 }, storage: exactly(5) };
    const { granted } = served(asked(emptyPool, { holder: "a", resources }), capacityOf({ gpus: {} }));
    assert.deepEqual(granted[0]?.grant, { network: 1000, storage: 5 });
  });

  it("serves the higher priority first, then whose workflow holds less for its share, then a plan's rank, then who came first", () => {
    const one = capacityOf({ cpu: 1, gpus: {} });
    const ranked = asked(
      emptyPool,
      { holder: "urgent", priority: 9 },
      { holder: "late", rank: 2 },
      { holder: "soon", rank: 1 },
    );
    assert.deepEqual(served(ranked, one).names, ["urgent"]);
    const planned = asked(
      emptyPool,
      { holder: "none" },
      { holder: "late", rank: 2 },
      { holder: "soon", rank: 1 },
    );
    assert.deepEqual(served(planned, one).names, ["soon"]);
    const urgent = asked(emptyPool, { holder: "first" }, { holder: "urgent", priority: 1 });
    assert.deepEqual(served(urgent, one).names, ["urgent"]);
    // The heavy workflow may hold three times as much as the light one before both stand equal.
    const crowd = Array.from({ length: 8 }, (_, index) => [
      { holder: `heavy-${index}`, workflow: "heavy", share: 3 },
      { holder: `light-${index}`, workflow: "light", share: 1 },
    ]).flat();
    assert.deepEqual(served(asked(emptyPool, ...crowd), capacityOf({ cpu: 8, gpus: {} })).names, [
      "heavy-0",
      "light-0",
      "heavy-1",
      "heavy-2",
      "light-1",
      "heavy-3",
      "heavy-4",
      "heavy-5",
    ]);
  });

  it("lets small requests pass a large one, but not for ever", () => {
    const capacity = capacityOf({ cpu: 4, network: 100, gpus: {} });
    let { next } = served(asked(emptyPool, { holder: "busy", resources: { cpu: exactly(1) } }), capacity);
    next = asked(next, { holder: "large", resources: { cpu: exactly(4) } });
    let passed = 0;
    for (; passed < 100; passed++) {
      const small = served(asked(next, { holder: `small-${passed}` }), capacity);
      if (small.names.length === 0) break;
      next = remove(small.next, ({ holder }) => holder === `small-${passed}`);
    }
    assert.equal(passed, 16);
    const beside = served(asked(next, { holder: "beside", resources: { network: exactly(5) } }), capacity);
    assert.deepEqual(beside.names, ["beside"], "what the large one does not lack may go on");
    const free = remove(beside.next, ({ holder }) => holder === "busy");
    assert.deepEqual(served(free, capacity).names, ["large"]);
  });

  it("keeps nobody back for a request that the pool could never serve", () => {
    const state = asked(emptyPool, { holder: "impossible", resources: { cpu: exactly(9) } });
    const capacity = capacityOf({ cpu: 1, gpus: {} });
    let current = state;
    for (let index = 0; index < 20; index++) {
      const { names, next } = served(asked(current, { holder: `small-${index}` }), capacity);
      assert.deepEqual(names, [`small-${index}`]);
      current = remove(next, ({ holder }) => holder === `small-${index}`);
    }
  });

  it("counts whoever asks twice once", () => {
    const state = asked(emptyPool, { holder: "a" }, { holder: "a" });
    assert.equal(state.waiting.length, 1);
    const { next } = served(state, capacityOf({ cpu: 2, gpus: {} }));
    assert.equal(asked(next, { holder: "a" }).waiting.length, 0);
  });
});
