/** A workflow of tasks that do nothing: what is measured is the engine. */
export interface Shape {
  name: ShapeName;
  /** What it is, for the table. */
  description: string;
  /** Each waits for all of the layer before it. */
  layers: number[];
  /** So many runs of it at the same time. */
  runs: number;
}

export const shapeNames = ["chain", "fan-out", "diamond", "runs"] as const;
export type ShapeName = (typeof shapeNames)[number];

export const shapes: readonly Shape[] = [
  { name: "chain", description: "100 tasks, one after the other", layers: new Array(100).fill(1), runs: 1 },
  { name: "fan-out", description: "1,000 tasks at once", layers: [1000], runs: 1 },
  {
    name: "diamond",
    description: "10 layers of 10 tasks, each behind all of the layer before",
    layers: new Array(10).fill(10),
    runs: 1,
  },
  {
    name: "runs",
    description: "100 runs at once, each of 10 tasks one after the other",
    layers: new Array(10).fill(1),
    runs: 100,
  },
];

export function taskCount({ layers, runs }: Shape): number {
  return runs * layers.reduce((sum, count) => sum + count, 0);
}

/** Names of a layer's tasks. */
export function tasksOf({ layers }: Shape, layer: number): string[] {
  return Array.from({ length: layers[layer] ?? 0 }, (_, index) => `t${layer}-${index}`);
}
