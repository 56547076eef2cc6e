import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const IGNORED = new Set(["node_modules", ".git"]);

/** SHA-256 over the names and contents of files, and of folders with all below them, relative to the root. */
export function codeHash(root: string, paths: string[]): string {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((one) => filesBelow(root, one)).toSorted())
    hash.update(`${path}\0`).update(
      createHash("sha256")
        .update(readFileSync(join(root, path)))
        .digest(),
    );
  return hash.digest("hex");
}

function filesBelow(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => !IGNORED.has(entry.name) && (entry.isDirectory() || entry.isFile()))
    .flatMap((entry) => filesBelow(root, join(path, entry.name)));
}
