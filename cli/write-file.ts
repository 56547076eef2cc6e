import { writeFileSync } from "node:fs";
import { CannotRun } from "./output.ts";

/** @throws CannotRun that names the file, where it cannot be written */
export function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CannotRun(`${path} cannot be written: ${(error as Error).message}`);
  }
}
