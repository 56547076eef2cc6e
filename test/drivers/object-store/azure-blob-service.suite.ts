import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ContainerClient } from "@azure/storage-blob";
import { azureCredential } from "../../../runtime/azure/credential.ts";
import { createAzureBlobStore } from "../../../runtime/object-store/azure-blob.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";
import { account, blobEndpoint } from "../azure.ts";

describe("Azure Blob driver", () => {
  let container: string;
  let store: ObjectStore;
  const open = () => createAzureBlobStore({ account: account(), endpoint: blobEndpoint(), container });

  beforeEach(async () => {
    container = `service-${randomUUID()}`;
    await new ContainerClient(`${blobEndpoint()}/${account()}/${container}`, azureCredential()).create();
    store = open();
  });

  it("lists in the order of UTF-8 from anywhere, with characters that UTF-16 orders otherwise", async () => {
    const characters = ["a", "é", "\ud7fb", "\ue000", "\uff01", "🌍", "\u{10fffd}"];
    const keys = characters.flatMap((one) => characters.map((other) => `${one}${other}x`));
    keys.push(...characters.map((one) => `a/${one}`), "b");
    await Promise.all(keys.map((key) => store.put(key, "")));
    const inOrder = keys.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    for (const limit of [1, 3, 7, 1000]) {
      const listed: string[] = [];
      let startAfter: string | undefined;
      do {
        const page = await store.list({ limit, ...(startAfter !== undefined && { startAfter }) });
        listed.push(...page.objects.map(({ key }) => key));
        startAfter = page.nextStartAfter;
      } while (startAfter !== undefined && listed.length <= keys.length);
      assert.deepEqual(listed, inOrder);
    }
    for (const prefix of ["a", "é", "🌍", "\uff01"])
      for (const startAfter of characters) {
        const { objects } = await store.list({ prefix, startAfter });
        const expected = inOrder.filter(
          (key) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0,
        );
        assert.deepEqual(
          objects.map(({ key }) => key),
          expected,
          `${prefix} ${startAfter}`,
        );
      }
  });

  it("writes long streams with conditions, and tells which of two writers lost", async () => {
    const long = (letter: string) =>
      Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(1 << 20, letter)));
    const outcomes = await Promise.allSettled([
      store.put("key", long("a"), { ifNoneMatch: "*" }),
      open().put("key", long("b"), { ifNoneMatch: "*" }),
    ]);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(refused.length, 1);
    assert.equal(refused[0]?.reason.code, "precondition-failed");
    const { etag, size } = (await store.head("key")) ?? {};
    assert.equal(size, 20 << 20);
    const { etag: next } = await store.put("key", long("c"), { ifMatch: String(etag) });
    await assert.rejects(store.put("key", long("d"), { ifMatch: String(etag) }), { status: 412 });
    assert.deepEqual(await store.head("key").then((info) => info?.etag), next);
  });

  it("never mixes the contents of streams that are written at the same time", async () => {
    const slow = async function* () {
      for (let block = 0; block < 20; block += 1) {
        yield Buffer.alloc(1 << 20, "a");
        if (block === 10) await store.put("key", "meanwhile");
      }
    };
    const outcome = await open()
      .put("key", Readable.from(slow()))
      .then(
        () => "written",
        (error) => error.code,
      );
    const body = Buffer.from((await store.get("key"))?.body ?? []).toString();
    if (outcome === "written") assert.equal(body, "a".repeat(20 << 20));
    else assert.deepEqual([outcome, body], ["write-conflict", "meanwhile"]);
  });

  for (const [token, isRetryable] of [
    ["expired", true],
    ["revoked", false],
  ] as const)
    it(`says so when it gets no good access token for an identity that is ${token}`, async () => {
      const folder = await createTemporaryFolder();
      const { AZURE_FEDERATED_TOKEN_FILE: file } = process.env;
      process.env.AZURE_FEDERATED_TOKEN_FILE = join(folder.path, "token");
      await writeFile(process.env.AZURE_FEDERATED_TOKEN_FILE, token);
      try {
        await assert.rejects(open().get("key"), { status: 503, code: "bucket-access-denied", isRetryable });
      } finally {
        process.env.AZURE_FEDERATED_TOKEN_FILE = file;
        await folder.remove();
      }
    });

  it("says so when the account is not known", async () => {
    const unknown = createAzureBlobStore({
      account: "acc",
      container,
      endpoint: "https://acc.blob.example.invalid",
    });
    await assert.rejects(unknown.head("key"), {
      code: "bucket-unavailable",
      message: /acc\.blob\.example\.invalid/,
    });
  });

  it("shows its access token to nobody in the clear", () => {
    assert.throws(() => createAzureBlobStore({ account: "acc", container, endpoint: "http://127.0.0.1:1" }), {
      code: "invalid-bucket-url",
    });
  });
});
