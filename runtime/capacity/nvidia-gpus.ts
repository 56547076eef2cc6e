import { execFile } from "node:child_process";
import { otherAccelerator } from "./capacity-source.ts";

const timeoutMilliseconds = 10_000;

/** This machine's GPUs by accelerator, as nvidia-smi lists them; none where it is missing or fails. */
export async function nvidiaGpus(program = "nvidia-smi"): Promise<Record<string, number>> {
  const gpus: Record<string, number> = {};
  for (const line of (await output(program)).split("\n").filter((text) => text.trim() !== "")) {
    const accelerator = acceleratorOf(line);
    gpus[accelerator] = (gpus[accelerator] ?? 0) + 1;
  }
  return gpus;
}

function output(program: string): Promise<string> {
  return new Promise((resolve) => {
    const query = ["--query-gpu=name", "--format=csv,noheader"];
    execFile(program, query, { timeout: timeoutMilliseconds }, (error, text) => resolve(error ? "" : text));
  });
}

/** `NVIDIA A100-SXM4-80GB` as node pools call it: `a100-80`; the memory tells apart the two that are called A100. */
function acceleratorOf(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const model = words.find((word) => /^[a-z]+\d+[a-z]*$/.test(word));
  if (model !== "a100") return model ?? otherAccelerator;
  return words.includes("40gb") ? "a100-40" : "a100-80";
}
