import { ApiError } from "../errors.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { idsBefore } from "./decision-ids.ts";
import { rewardsPrefix } from "./route-keys.ts";

/** Which decisions got their reward: an object each, which only one replica can create. */
export interface GivenRewards {
  /** @throws ApiError `reward-already-given` (409) */
  claim(route: string, id: string): Promise<void>;
  /** Forgets those of decisions that no reward is taken for any more. */
  sweep(route: string, rewardSeconds: number): Promise<void>;
}

export function createGivenRewards(store: ObjectStore, now: () => number): GivenRewards {
  return {
    async claim(route, id) {
      try {
        await store.put(`${rewardsPrefix(route)}${id}`, "{}", { ifNoneMatch: "*" });
      } catch (error) {
        if (!isPreconditionFailed(error)) throw error;
        throw new ApiError("this request got its reward already; it counts once", {
          status: 409,
          code: "reward-already-given",
          cause: error,
        });
      }
    },
    async sweep(route, rewardSeconds) {
      const prefix = rewardsPrefix(route);
      const end = `${prefix}${idsBefore(now() - rewardSeconds * 1000)}`;
      for (;;) {
        const { objects } = await store.list({ prefix, limit: 1000 });
        const old = objects.filter(({ key }) => key < end);
        for (const { key } of old) await store.delete(key);
        if (old.length < 1000) return;
      }
    },
  };
}
