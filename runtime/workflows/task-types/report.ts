import type { z } from "zod";
import { reportKey } from "../run.ts";
import { closedObject, text } from "../specification-schema.ts";
import type { StepTaskType } from "../task-type.ts";

const schema = closedObject({ title: text, markdown: text });

/** Writes the run's report as Markdown, served at `GET /v1/runs/{id}/report`; outputs: `{key}`, its key in the bucket. */
export const report: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "report",
  schema,
  async execute({ title, markdown }, context) {
    const key = reportKey(context.runId);
    await context.store.put(key, `# ${title.replaceAll("\n", " ")}\n\n${markdown.trimEnd()}\n`);
    return { key };
  },
};
