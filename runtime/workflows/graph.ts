/** Tasks and what each waits for. */
export type Dependencies = Record<string, string[]>;

/**
 * Tasks in an order in which each comes after those it depends on; otherwise as declared. Names that are no
 * tasks are ignored.
 * @returns the cycle's path instead, first task repeated at its end, where there is one
 */
export function topologicalOrder(dependencies: Dependencies): { order: string[] } | { cycle: string[] } {
  const order: string[] = [];
  const state = new Map<string, "visiting" | "done">();
  const path: string[] = [];

  const visit = (task: string): string[] | undefined => {
    if (state.get(task) === "done") return undefined;
    if (state.get(task) === "visiting") return [...path.slice(path.indexOf(task)), task];
    state.set(task, "visiting");
    path.push(task);
    for (const dependency of dependencies[task] ?? []) {
      if (!Object.hasOwn(dependencies, dependency)) continue;
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    state.set(task, "done");
    order.push(task);
    return undefined;
  };

  for (const task of Object.keys(dependencies)) {
    const cycle = visit(task);
    if (cycle !== undefined) return { cycle };
  }
  return { order };
}

/** All tasks that `task` depends on, directly or through others. */
export function ancestors(task: string, dependencies: Dependencies): Set<string> {
  const found = new Set<string>();
  const open = [...(dependencies[task] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(dependencies[next] ?? []));
  }
  return found;
}
