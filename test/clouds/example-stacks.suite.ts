import assert from "node:assert/strict";
import type { GpuPoolSettings } from "../../components/cloud.ts";
import { exampleStacks } from "./example-stacks.ts";
import { type CommandResult, OfflineProject, type StackDocument } from "./offline-project.ts";

function documentOf(result: CommandResult): StackDocument {
  assert.equal(result.exitCode, 0, result.text);
  return JSON.parse(result.stdout) as StackDocument;
}

/** Names of bucket, queues and secrets, of what they lie in, of their settings and of the key that encrypts them. */
const isData = /^(bucket|queue|dead-letter|secrets|key-data|keys|group|storage)\b/;

for (const { stack, production, pool, bucket, cluster } of exampleStacks)
  describe(`example stack ${stack}, offline`, function () {
    this.timeout(120_000);
    const project = new OfflineProject();
    let created = 0;
    after(() => project.remove());

    it("comes up", async () => {
      const { changes, outputs } = documentOf(await project.skyloom("up", stack));
      assert.deepEqual(Object.keys(changes), ["create"]);
      created = changes.create ?? 0;
      assert.ok(created > 40, `${created} resources`);
      for (const name of ["endpoint", "bucket", "queue", "secrets", "registry", "image", "logs"])
        assert.match(outputs[name] ?? "", /\S/, name);
      assert.equal(outputs.kubeconfig, undefined, "a secret is not printed");
      for (const type of [cluster, pool, bucket])
        assert.ok(
          project.held(stack).some((item) => item.type === type),
          type,
        );
    });

    it("changes nothing the second time", async () => {
      assert.deepEqual(documentOf(await project.skyloom("up", stack)).changes, { same: created });
    });

    it("takes another maximum of a GPU pool in place", async () => {
      let name = "";
      project.configure(stack, "gpuPools", ([first]: GpuPoolSettings[]) => {
        name = first?.name ?? "";
        return [{ ...first, maximum: 3 }];
      });
      const { changes } = documentOf(await project.skyloom("up", stack));
      // The workers that take the queue may be as many as there are nodes for them.
      assert.deepEqual(changes, { same: created - 2, update: 2 });
      const changed = project.held(stack).filter(({ urn }) => urn?.endsWith(`::pool-${name}`));
      assert.ok(changed.some(({ type }) => type === pool));
    });

    if (production)
      it("refuses to destroy what is protected, says how it could be, and leaves it", async () => {
        const before = project.held(stack);
        const { exitCode, text } = await project.skyloom("destroy", stack, "--yes");
        assert.notEqual(exitCode, 0);
        assert.match(text, /protect/);
        assert.match(text, /set skyloom:deletionProtection to false/);
        assert.deepEqual(project.held(stack), before);
      });

    if (production)
      it("is destroyed when its protection is off, and leaves its data, full as they are, and nothing else", async () => {
        project.configure(stack, "deletionProtection", () => false);
        const { changes } = documentOf(await project.skyloom("up", stack));
        // The engine's own protection is no change of the resource.
        assert.equal((changes.same ?? 0) + (changes.update ?? 0), created);
        assert.deepEqual(
          Object.keys(changes).filter((kind) => kind !== "same" && kind !== "update"),
          [],
        );
        project.fill(stack);
        const { left, kept } = documentOf(await project.skyloom("destroy", stack, "--yes"));
        assert.deepEqual(left, []);
        assert.ok(kept.some((urn) => urn.endsWith(`${bucket}::bucket`)));
        const names = new Set(kept.map((urn) => urn.split("::").at(-1) ?? ""));
        for (const name of ["bucket", "queue", "dead-letter"]) assert.ok(names.has(name), name);
        assert.deepEqual(
          [...names].filter((name) => !isData.test(name)),
          [],
        );
        assert.equal(project.exists(stack), false);
      });
    else
      it("is destroyed with its data, and leaves nothing", async () => {
        project.fill(stack);
        const down = await project.skyloom("down", stack, "--yes");
        assert.equal(down.exitCode, 0, down.text);
        assert.deepEqual(project.held(stack), []);
        const { left } = documentOf(await project.skyloom("destroy", stack, "--yes"));
        assert.deepEqual(left, []);
        assert.equal(project.exists(stack), false);
      });
  });
