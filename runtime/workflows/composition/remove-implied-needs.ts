import { ancestors, type Dependencies } from "../graph.ts";

export interface RemovedNeed {
  task: string;
  need: string;
  /** The task that waits for `need` anyway. */
  through: string;
}

/**
 * Declared needs that other dependencies imply: what `task` waits for waits for `need` itself. A task with a `when`
 * implies nothing, since it may run though what it waited for failed.
 */
export function impliedNeeds(
  needs: Record<string, string[]>,
  dependencies: Dependencies,
  isConditional: (task: string) => boolean,
): RemovedNeed[] {
  const certain = Object.fromEntries(
    Object.entries(dependencies).map(([task, others]) => [task, isConditional(task) ? [] : others]),
  );
  return Object.entries(needs).flatMap(([task, declared]) =>
    declared.flatMap((need) => {
      const through = (dependencies[task] ?? []).find(
        (other) => other !== need && ancestors(other, certain).has(need),
      );
      return through === undefined ? [] : [{ task, need, through }];
    }),
  );
}
