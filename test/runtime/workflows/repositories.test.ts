import assert from "node:assert/strict";
import { join } from "node:path";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { newRunId, type Run } from "../../../runtime/workflows/run.ts";
import { createRunRepository } from "../../../runtime/workflows/run-repository.ts";
import { createTriggers } from "../../../runtime/workflows/triggers/triggers.ts";
import { createWorkflowRepository } from "../../../runtime/workflows/workflow-repository.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
let count = 0;
const newStore = () => createLocalObjectStore({ folder: join(folder.path, `bucket-${count++}`) });
const specification = (name: string, message = "x", trigger = "t") =>
  `name: ${name}\ntriggers: [{message: {type: ${trigger}}}]\ntasks: {a: {uses: notify, with: {message: ${message}}}}\n`;

describe("workflow repository", () => {
  it("gives new content a new version and the same content the same version", async () => {
    const repository = createWorkflowRepository(newStore());
    assert.equal((await repository.put(specification("w"), { "a.txt": "1" })).version, 1);
    assert.equal((await repository.put(specification("w"), { "a.txt": "1" })).version, 1);
    assert.equal((await repository.put(specification("w"), { "a.txt": "2" })).version, 2);
    assert.deepEqual(await repository.versions("w"), [1, 2]);
    assert.deepEqual((await repository.get("w", 1)).files, { "a.txt": "1" });
    assert.equal((await repository.get("w")).version, 2);
    assert.equal(
      (await repository.put(specification("w"), { "a.txt": "1" })).version,
      1,
      "an earlier version's content",
    );
    assert.equal((await repository.get("w")).version, 1);
  });

  it("keeps every version when many writers put at once", async () => {
    const store = newStore();
    const puts = Array.from({ length: 8 }, (_, n) =>
      createWorkflowRepository(store).put(specification("w", `m${n}`)),
    );
    const versions = (await Promise.all(puts)).map((definition) => definition.version);
    assert.deepEqual(versions.sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal((await createWorkflowRepository(store).versions("w")).length, 8);
  });

  it("lists workflows whose names begin alike", async () => {
    const repository = createWorkflowRepository(newStore());
    for (const name of ["a", "a-b", "ab", "b"]) await repository.put(specification(name));
    assert.deepEqual(
      (await repository.list()).map((definition) => definition.name),
      ["a", "a-b", "ab", "b"],
    );
  });

  it("makes a deleted workflow unknown and keeps its versions, with whose numbers the next put goes on", async () => {
    const repository = createWorkflowRepository(newStore());
    await repository.put(specification("w", "first"));
    await repository.put(specification("v"));
    await repository.delete("w");
    for (const call of [
      () => repository.get("w"),
      () => repository.get("w", 1),
      () => repository.versions("w"),
      () => repository.delete("w"),
    ])
      await assert.rejects(call, { code: "workflow-not-found", status: 404 });
    assert.deepEqual(
      (await repository.list()).map(({ name }) => name),
      ["v"],
    );
    assert.equal((await repository.getStored("w", 1)).specification, specification("w", "first"));
    assert.equal((await repository.put(specification("w", "second"))).version, 2);
    assert.deepEqual(await repository.versions("w"), [1, 2]);
  });

  it("refuses files outside the workflow's folder before anything is written", async () => {
    const store = newStore();
    for (const path of ["../x", "/etc/x", "a/../../x", "a//b", "a\\b", ""])
      await assert.rejects(createWorkflowRepository(store).put(specification("w"), { [path]: "" }), {
        code: "invalid-workflow",
      });
    assert.deepEqual((await store.list()).objects, []);
  });

  it("says what is not there", async () => {
    const repository = createWorkflowRepository(newStore());
    await assert.rejects(repository.get("w"), { code: "workflow-not-found", status: 404 });
    await repository.put(specification("w"));
    await assert.rejects(repository.get("w", 9), { code: "workflow-not-found", message: /no version 9/ });
  });
});

describe("triggers", () => {
  it("are read anew for an unknown type, after a put here, and once they are old", async () => {
    const store = newStore();
    const repository = createWorkflowRepository(store);
    const elsewhere = createWorkflowRepository(store);
    let time = 0;
    const triggers = createTriggers(repository, () => time);
    const found = async (type: string) =>
      (await triggers.find(type)).map(({ name, version }) => `${name}@${version}`);
    assert.deepEqual(await found("t"), []);
    await elsewhere.put(specification("w", "x", "t"));
    assert.deepEqual(await found("t"), ["w@1"]);
    await elsewhere.put(specification("w", "y", "t"));
    assert.deepEqual(await found("t"), ["w@1"], "still fresh");
    triggers.invalidate();
    assert.deepEqual(await found("t"), ["w@2"]);
    await elsewhere.put(specification("w", "z", "t"));
    time += 2000;
    assert.deepEqual(await found("t"), ["w@3"]);
  });
});

describe("run repository", () => {
  const run = (id: string, createdAt: string): Run => ({
    id,
    workflow: "w",
    version: 1,
    state: "pending",
    createdAt,
    startedAt: null,
    finishedAt: null,
    inputs: {},
    outputs: null,
    error: null,
    tasks: [],
  });

  it("pages through runs, newest first", async () => {
    const repository = createRunRepository(newStore());
    for (const [id, second] of [
      ["a", "01"],
      ["c", "03"],
      ["b", "02"],
    ] as const)
      await repository.recordStart(run(id, `2026-01-01T00:00:${second}.000Z`));
    const first = await repository.page({ pageSize: 2 });
    assert.deepEqual(first.ids, ["c", "b"]);
    const second = await repository.page({ pageSize: 2, pageToken: first.nextPageToken });
    assert.deepEqual([second.ids, second.nextPageToken], [["a"], undefined]);
  });

  it("never replaces a final document by a first one", async () => {
    const repository = createRunRepository(newStore());
    const first = run("a", "2026-01-01T00:00:00.000Z");
    await repository.recordStart(first);
    await repository.recordEnd({ ...first, state: "succeeded" });
    await repository.recordStart(first);
    assert.equal((await repository.read("a"))?.state, "succeeded");
  });

  describe("with an id that tells when the run was created", () => {
    const createdAt = Date.parse("2026-01-01T00:00:00.000Z");
    const keys = async (store: ObjectStore) => (await store.list()).objects.map(({ key }) => key);

    async function started() {
      const store = newStore();
      const repository = createRunRepository(store);
      const first = run(newRunId(createdAt), new Date(createdAt).toISOString());
      const recorded = await repository.recordStart(first);
      assert.ok("etag" in recorded);
      return { store, repository, first, etag: recorded.etag };
    }

    it("keeps the first document in the index, one object until the run ends", async () => {
      const { store, repository, first } = await started();
      assert.equal((await keys(store)).length, 1);
      assert.deepEqual(await repository.read(first.id), first);
      assert.deepEqual((await repository.page({ pageSize: 5 })).ids, [first.id]);
      assert.deepEqual(await repository.recordStart(first), { known: first });
      await repository.remove(first);
      assert.deepEqual(await keys(store), []);
    });

    for (const isKnown of [true, false])
      it(`writes the end, also twice, ${isKnown ? "with" : "without"} the etag of the first document`, async () => {
        const { repository, first, etag } = await started();
        const ended: Run = { ...first, state: "failed" };
        for (let time = 0; time < 2; time++) await repository.recordEnd(ended, isKnown ? etag : undefined);
        assert.deepEqual(await repository.read(first.id), ended);
        assert.deepEqual(await repository.recordStart(first), { known: ended });
        assert.deepEqual((await repository.page({ pageSize: 5 })).ids, [first.id]);
      });

    it("begins a further execution, whose document the end of the one before leaves alone", async () => {
      const { store, repository, first, etag } = await started();
      await repository.recordEnd({ ...first, state: "failed" }, etag);
      const ended = await repository.readWithEtag(first.id);
      const second: Run = { ...first, execution: 2 };
      await repository.recordRetry(second, ended?.etag ?? "");
      await assert.rejects(repository.recordRetry(second, ended?.etag ?? ""), { status: 412 });
      await repository.recordEnd({ ...first, state: "failed" }, etag);
      assert.deepEqual(await repository.read(first.id), second);
      await repository.recordEnd(
        { ...second, state: "succeeded" },
        (await repository.readWithEtag(first.id))?.etag,
      );
      assert.equal((await repository.read(first.id))?.state, "succeeded");
      await repository.remove(first);
      assert.deepEqual(await keys(store), []);
    });

    it("is not given to another run, which a client names so", async () => {
      const { repository, first } = await started();
      const other = run(first.id, "2026-01-02T00:00:00.000Z");
      assert.deepEqual(await repository.recordStart(other), { known: first });
      const unknown = run(newRunId(createdAt), "2026-01-02T00:00:00.000Z");
      assert.ok("etag" in (await repository.recordStart(unknown)));
      assert.deepEqual(await repository.read(unknown.id), unknown);
      assert.deepEqual((await repository.page({ pageSize: 5 })).ids, [unknown.id, first.id]);
    });
  });

  for (const token of ["x", "", Buffer.from("../../etc").toString("base64url")])
    it(`refuses the page token "${token}"`, async () => {
      await assert.rejects(createRunRepository(newStore()).page({ pageSize: 1, pageToken: token }), {
        code: "invalid-page-token",
        status: 400,
      });
    });
});
