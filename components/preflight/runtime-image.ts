import { existsSync } from "node:fs";
import { join } from "node:path";
import { codeHash } from "../code-hash.ts";

/** What the image is built from, relative to the project's folder. */
const sources = [
  ".npmrc",
  "package.json",
  "package-lock.json",
  "policies/package.json",
  "examples/package.json",
  "runtime",
];

/** @returns a tag that changes with the content of the image, e.g. `content-0123456789ab`. */
export function runtimeTag(projectFolder: string): string {
  const present = sources.filter((source) => existsSync(join(projectFolder, source)));
  return `content-${codeHash(projectFolder, present).slice(0, 12)}`;
}

/** Why the stack has no image to run, or undefined: `skyloom:image` is right, or there is a Dockerfile to build. */
export function imageProblem(image: string | undefined, projectFolder: string): string | undefined {
  if (image === undefined)
    return existsSync(join(projectFolder, "runtime", "Dockerfile"))
      ? undefined
      : "skyloom:image: is not set, and there is no runtime/Dockerfile to build; set it to repository@sha256:…";
  if (/^[a-z0-9][\w.:/-]*@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  return `skyloom:image: must be repository@sha256: and 64 hexadecimal digits, not "${image}"; a tag can be moved`;
}
