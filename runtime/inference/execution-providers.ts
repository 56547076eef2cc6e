import { z } from "zod";

/** What runs a graph, in ONNX Runtime's words. */
const names = ["cpu", "cuda", "tensorrt"] as const;

export interface ExecutionProvider {
  name: (typeof names)[number];
  /** Which GPU, from 0. */
  deviceId?: number;
}

/** `cuda,cpu` or `tensorrt:1,cuda:1,cpu`: what to try, in this order, each with the number of its device. */
export const executionProvidersSchema = z.string().transform((text, context): ExecutionProvider[] => {
  const providers: ExecutionProvider[] = [];
  for (const part of text.split(",")) {
    const [, name, device] = /^\s*([a-z]+)(?::(\d{1,3}))?\s*$/.exec(part) ?? [];
    const known = names.find((candidate) => candidate === name);
    if (known === undefined || (known === "cpu" && device !== undefined))
      context.addIssue({
        code: "custom",
        message: `${JSON.stringify(part)} is no execution provider; allowed are ${names.join(", ")}, those of GPUs with the device's number such as cuda:1`,
      });
    else providers.push({ name: known, ...(device === undefined ? {} : { deviceId: Number(device) }) });
  }
  return providers;
});
