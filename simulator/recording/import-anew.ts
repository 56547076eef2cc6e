import { pathToFileURL } from "node:url";

let imports = 0;

/** Runs a module again that may have run already: it does so once for each address that it is imported by. */
export async function importAnew(file: string): Promise<unknown> {
  imports += 1;
  return await import(`${pathToFileURL(file)}?again=${imports}`);
}
