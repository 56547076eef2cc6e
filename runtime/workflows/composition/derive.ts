import type { Template } from "./template.ts";

/** Something a task (or the goal) has to have: an artifact, of a type unless any will do, or another task. */
export interface Want {
  artifact: string | undefined;
  type?: string | undefined;
  task?: string | undefined;
  /** Undefined: the goal. */
  by: string | undefined;
}

export function wantsOf({ name, consumes, requires }: Template): Want[] {
  return [
    ...Object.entries(consumes).map(([artifact, type]) => ({ artifact, type, by: name })),
    ...requires.map((task) => ({ artifact: undefined, task, by: name })),
  ];
}

export function isProducedBy(want: Want, template: Template): boolean {
  if (want.artifact === undefined) return template.name === want.task;
  const type = template.produces[want.artifact];
  return type !== undefined && (want.type === undefined || want.type === type);
}

/**
 * What can be had at all, starting from the inputs: tasks whose wants can all be had, until none is left.
 * @returns for each such task how many tasks it brings with it at most, itself included, and what it brings is
 * counted once for each that wants it: an order to try them in, not the size of a workflow
 */
export function derive(templates: Template[], inputs: ReadonlySet<string>): { costs: Map<string, number> } {
  const costs = new Map<string, number>();
  const costOf = (want: Want): number => {
    if (want.artifact !== undefined && inputs.has(want.artifact)) return 0;
    const producers = templates.filter(
      (template) => costs.has(template.name) && isProducedBy(want, template),
    );
    return Math.min(...producers.map(({ name }) => costs.get(name) as number));
  };
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const template of templates) {
      const cost = wantsOf(template).reduce((sum, want) => sum + costOf(want), 1);
      if (!Number.isFinite(cost) || cost >= (costs.get(template.name) ?? Number.POSITIVE_INFINITY)) continue;
      costs.set(template.name, cost);
      isChanged = true;
    }
  }
  return { costs };
}
