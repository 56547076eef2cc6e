import { isPreconditionFailed } from "../../object-store/object-key.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import { type ArmStatistics, addRewards, type BanditState, type Reward } from "./arm-statistics.ts";

/** Rewards that wait for the bucket; more would come back only from a bucket that is long gone. */
const maximumPending = 100_000;

/** What one route learnt: of all replicas as the bucket has it, and on top of it what this one has not written yet. */
export interface Learner {
  statistics(arm: string): ArmStatistics;
  /** Counts here at once, and on the other replicas after `synchronise` of both. */
  add(reward: Reward, discount: number): void;
  /** The bucket has taken nothing for long: no more may be added. */
  isFull(): boolean;
  /**
   * Writes what is new here and reads what is new there. Where another replica writes at the same moment the rewards
   * wait for the next time.
   * @param etag the bucket's; undefined where there is no object
   */
  synchronise(discount: number, etag: string | undefined): Promise<void>;
}

export function createLearner(store: ObjectStore, key: string): Learner {
  let base: BanditState = {};
  let baseEtag: string | undefined;
  let pending: Reward[] = [];
  let view: BanditState = {};

  async function read(): Promise<void> {
    const object = await store.get(key);
    base = object === undefined ? {} : JSON.parse(Buffer.from(object.body).toString("utf8"));
    baseEtag = object?.etag;
  }

  return {
    statistics: (arm) => view[arm] ?? { count: 0, sum: 0 },
    add(reward, discount) {
      pending.push(reward);
      view = addRewards(view, [reward], discount);
    },
    isFull: () => pending.length >= maximumPending,
    async synchronise(discount, etag) {
      if (etag !== baseEtag) await read();
      const batch = pending.slice();
      if (batch.length > 0) {
        const merged = addRewards(base, batch, discount);
        const condition = baseEtag === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: baseEtag };
        try {
          ({ etag: baseEtag } = await store.put(key, JSON.stringify(merged), condition));
          base = merged;
          pending = pending.slice(batch.length);
        } catch (error) {
          if (!isPreconditionFailed(error)) throw error;
          await read();
        }
      }
      view = addRewards(base, pending, discount);
    },
  };
}
