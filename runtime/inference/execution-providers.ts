import { z } from "zod";

/** What runs a graph, in ONNX Runtime's words. */
const names = ["cpu", "cuda", "tensorrt"] as const;

/** As ONNX Runtime takes it. */
export interface ExecutionProvider {
  name: (typeof names)[number];
  /** Which GPU, from 0. */
  deviceId?: number;
}

export interface ConfiguredProvider {
  name: ExecutionProvider["name"];
  /** GPUs, from 0, that a version's workers take in turn. Empty: ONNX Runtime's own choice. */
  deviceIds: number[];
}

/**
 * `cuda,cpu` or `tensorrt:0-3,cuda:0-3,cpu`: what to try, in this order, GPUs with the numbers of one device or of the
 * first and the last.
 */
export const executionProvidersSchema = z.string().transform((text, context): ConfiguredProvider[] => {
  const providers: ConfiguredProvider[] = [];
  for (const part of text.split(",")) {
    const [, name, first, last = first] = /^\s*([a-z]+)(?::(\d{1,2})(?:-(\d{1,2}))?)?\s*$/.exec(part) ?? [];
    const known = names.find((candidate) => candidate === name);
    const isWrong = known === "cpu" ? first !== undefined : Number(last ?? 0) < Number(first ?? 0);
    if (known === undefined || isWrong)
      context.addIssue({
        code: "custom",
        message: `${JSON.stringify(part)} is no execution provider; allowed are ${names.join(", ")}, those of GPUs with devices such as cuda:1 or cuda:0-3`,
      });
    else providers.push({ name: known, deviceIds: range(first, last) });
  }
  return providers;
});

/** What the version's worker of this number, from 0, tries. */
export function providersOf(configured: ConfiguredProvider[], worker: number): ExecutionProvider[] {
  return configured.map(({ name, deviceIds }) => {
    const deviceId = deviceIds[worker % deviceIds.length];
    return deviceId === undefined ? { name } : { name, deviceId };
  });
}

function range(first: string | undefined, last: string | undefined): number[] {
  if (first === undefined) return [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
}
