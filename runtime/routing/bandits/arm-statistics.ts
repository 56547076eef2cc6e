/** What the rewards of one target come to, old ones discounted. */
export interface ArmStatistics {
  /** Rewards. */
  count: number;
  /** Their sum. */
  sum: number;
  /** LinUCB: the sum of the features' outer products, row by row. */
  products?: number[];
  /** LinUCB: the sum of the features times their reward. */
  rewarded?: number[];
}

export interface Reward {
  arm: string;
  /** 0 to 1. */
  reward: number;
  /** Of the request, for LinUCB. */
  features?: number[] | undefined;
}

/** By arm. */
export type BanditState = Record<string, ArmStatistics>;

/** Below this nothing of an arm that is never rewarded is left. */
const negligibleCount = 1e-6;

/**
 * Takes rewards in, in their order. Each first discounts all that is there, of every arm: Raj and Kalyani, "Taming
 * Non-stationary Bandits: A Bayesian Approach" (2017), and for the linear one Russac, Vernade and Cappé, "Weighted
 * Linear Bandits for Non-Stationary Environments" (2019). The state that is given stays as it is.
 */
export function addRewards(state: BanditState, rewards: Reward[], discount: number): BanditState {
  const arms = new Map(Object.entries(structuredClone(state)));
  for (const { arm, reward, features } of rewards) {
    for (const [name, statistics] of arms) {
      scale(statistics, discount);
      if (statistics.count < negligibleCount) arms.delete(name);
    }
    const statistics = arms.get(arm) ?? { count: 0, sum: 0 };
    arms.set(arm, statistics);
    statistics.count += 1;
    statistics.sum += reward;
    if (features !== undefined) addFeatures(statistics, features, reward);
  }
  return Object.fromEntries(arms);
}

function scale(statistics: ArmStatistics, factor: number): void {
  if (factor === 1) return;
  statistics.count *= factor;
  statistics.sum *= factor;
  for (const list of [statistics.products, statistics.rewarded])
    list?.forEach((value, index) => {
      list[index] = value * factor;
    });
}

function addFeatures(statistics: ArmStatistics, features: number[], reward: number): void {
  const size = features.length;
  statistics.products ??= new Array(size * size).fill(0);
  statistics.rewarded ??= new Array(size).fill(0);
  const { products, rewarded } = statistics;
  features.forEach((first, row) => {
    rewarded[row] = (rewarded[row] ?? 0) + first * reward;
    features.forEach((second, column) => {
      const place = row * size + column;
      products[place] = (products[place] ?? 0) + first * second;
    });
  });
}
