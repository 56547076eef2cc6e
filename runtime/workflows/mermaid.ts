import type { Workflow } from "./workflow.ts";

/** The tasks and their dependencies as Mermaid flowchart text. */
export function mermaid(workflow: Pick<Workflow, "tasks" | "order" | "dependencies">): string {
  const node = new Map(workflow.order.map((task, index) => [task, `t${index}`]));
  const nodes = workflow.order.map(
    (task) => `  ${node.get(task)}["${task}<br/>${workflow.tasks[task]?.uses}"]`,
  );
  const edges = workflow.order.flatMap((task) =>
    (workflow.dependencies[task] ?? []).map((dependency) => {
      const label = workflow.tasks[task]?.when === undefined ? "-->" : "-. when .->";
      return `  ${node.get(dependency)} ${label} ${node.get(task)}`;
    }),
  );
  return ["flowchart TD", ...nodes, ...edges, ""].join("\n");
}
