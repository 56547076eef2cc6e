import type { ResourceContext } from "../session.ts";
import { type Properties, textAt } from "../values.ts";
import type { OutputTable } from "./create-outputs.ts";

function image(context: ResourceContext): Properties {
  const digest = `sha256:${context.seed.hex(64, JSON.stringify(context.inputs))}`;
  const tag = textAt(context.inputs, "tags.0");
  const repository = tag?.replace(/:[^/:]+$/, "");
  const pushed = context.inputs.push === true;
  return {
    digest,
    contextHash: context.seed.hex(64, "context"),
    ...(pushed && repository !== undefined ? { ref: `${repository}@${digest}` } : { ref: tag ?? digest }),
  };
}

export const dockerBuildOutputs: OutputTable = { "docker-build:index:Image": image };
