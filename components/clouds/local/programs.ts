import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The absolute path of a program that workloads name: `node` is the project's own, `restate-server` the binary of its
 * npm package (not its wrapper, which would be one more process to stop).
 * @throws Error that says what to install.
 */
export function findProgram(name: string, projectFolder: string): string {
  switch (name) {
    case "node": {
      const pinned = join(projectFolder, "node_modules", "node", "bin", "node");
      return existsSync(pinned) ? pinned : process.execPath;
    }
    case "restate-server":
      return restateServer(projectFolder);
    default:
      throw new Error(`workloads on this machine run node or restate-server, not ${name}`);
  }
}

/** As @restatedev/restate-server resolves it in its lib/index.js. */
function restateServer(projectFolder: string): string {
  const binary = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;
  try {
    return createRequire(join(projectFolder, "package.json")).resolve(binary);
  } catch (error) {
    throw new Error(
      `${binary} is not installed: run npm ci (there are Restate servers for linux and darwin on x64 and arm64)`,
      { cause: error },
    );
  }
}
