import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";

describe("createQueue", () => {
  it("opens a file by its URL, with characters that a URL encodes", async () => {
    const folder = await createTemporaryFolder();
    const file = join(folder.path, "a queue, 100% ü#?.db");
    const queue = await createQueue(pathToFileURL(file).href.replace(/^file:/, "sqlite:"));
    await queue.close();
    assert.ok(existsSync(file));
    await folder.remove();
  });

  for (const url of [
    "",
    "queue.db",
    "/queue.db",
    "sqlite:queue.db",
    "sqlite://host/q.db",
    "sqlite:///",
    "file:///q.db",
  ])
    it(`refuses ${JSON.stringify(url)}, and says what is allowed`, async () => {
      await assert.rejects(createQueue(url), {
        name: "ApiError",
        status: 400,
        code: "invalid-queue-url",
        message: /sqlite:\/\/\/absolute\/file\.db/,
      });
    });
});
