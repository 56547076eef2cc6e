import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one suite, removed after it. */
export function temporaryFolder(): { readonly path: string } {
  let path = "";
  before(async () => {
    path = await mkdtemp(join(tmpdir(), "skyloom-test-"));
  });
  after(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return {
    get path() {
      return path;
    },
  };
}
