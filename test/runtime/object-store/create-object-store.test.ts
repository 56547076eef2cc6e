import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";

describe("createObjectStore", () => {
  it("opens a folder by its URL, with characters that a URL encodes", async () => {
    const folder = await createTemporaryFolder();
    const path = join(folder.path, "a folder, 100% ü#?");
    await (await createObjectStore(pathToFileURL(path).href)).put("key", "content");
    assert.equal(await readFile(join(path, "key"), "utf8"), "content");
    await folder.remove();
  });

  for (const url of ["", "folder", "/folder", "file://host/folder", "file:folder", "file:///folder?x=1"])
    it(`refuses ${JSON.stringify(url)}, and says what is allowed`, async () => {
      await assert.rejects(createObjectStore(url), {
        name: "ApiError",
        status: 400,
        code: "invalid-bucket-url",
        message: /file:\/\/\/absolute\/folder/,
      });
    });
});
