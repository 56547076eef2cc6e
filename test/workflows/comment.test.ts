import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MARKER } from "../../cli/check/reports/markdown-report.ts";
import { readWorkflows } from "./read-workflows.ts";

const AsyncFunction = (async () => {}).constructor as new (
  ...names: string[]
) => (...values: unknown[]) => Promise<unknown>;

const scripts = readWorkflows()
  .find(({ file }) => file === "comment.yml")
  ?.jobs.comment?.steps.flatMap(({ with: inputs }) =>
    inputs?.script === undefined ? [] : [String(inputs.script)],
  );

interface Comment {
  id?: number;
  comment_id?: number;
  body: string;
  user?: { login: string };
}

/** Stands where GitHub does. */
class Repository {
  readonly written: Comment[] = [];
  readonly failures: string[] = [];
  readonly outputs: Record<string, unknown> = {};
  readonly comments: Comment[];
  headSha = "abc";
  artefactBytes = 1000;

  constructor(comments: Comment[] = []) {
    this.comments = comments;
  }

  async run(script: string | undefined, owner = "someone"): Promise<void> {
    const github = {
      rest: {
        actions: {
          listWorkflowRunArtifacts: async () => ({
            data: { artifacts: [{ name: "check-report", id: 7, size_in_bytes: this.artefactBytes }] },
          }),
        },
        pulls: { list: async () => ({ data: [{ number: 5, head: { sha: this.headSha } }] }) },
        issues: {
          listComments: undefined,
          createComment: async (comment: Comment) => this.written.push(comment),
          updateComment: async (comment: Comment) => this.written.push(comment),
        },
      },
      paginate: async () => this.comments,
    };
    const core = {
      notice: () => {},
      setFailed: (message: string) => this.failures.push(message),
      setOutput: (name: string, value: unknown) => {
        this.outputs[name] = value;
      },
    };
    const context = {
      repo: { owner: "us", repo: "skyloom" },
      payload: {
        workflow_run: {
          id: 1,
          head_sha: "abc",
          head_branch: "branch",
          head_repository: { owner: { login: owner }, full_name: `${owner}/skyloom` },
        },
      },
    };
    const action = new AsyncFunction("github", "core", "context", "require", script ?? "");
    await action(github, core, context, createRequire(import.meta.url));
  }
}

describe("comment on a pull request", () => {
  const [find, write] = scripts ?? [];
  const before = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-comment-"));
    mkdirSync(join(folder, "report"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const report = (text: string) => writeFileSync(join(folder, "report/comment.md"), text);

  it("takes no artefact that is too large", async () => {
    const repository = new Repository();
    repository.artefactBytes = 2 * 1024 * 1024;
    await repository.run(find);
    assert.equal(repository.outputs.id, undefined);
    assert.match(repository.failures[0] ?? "", /more than 1048576/);
    const small = new Repository();
    await small.run(find);
    assert.equal(small.outputs.id, 7);
  });

  it("writes the report, mentions nobody, and says that it is from a fork", async () => {
    report(`${MARKER}\nhello @somebody`);
    const repository = new Repository();
    await repository.run(write);
    assert.equal(repository.written.length, 1);
    assert.match(
      repository.written[0]?.body ?? "",
      /hello @\u200bsomebody\n\n<sub>Made by this pull request's own code/,
    );
    const own = new Repository();
    await own.run(write, "us");
    assert.doesNotMatch(own.written[0]?.body ?? "", /fork/);
  });

  it("changes the comment that it wrote before, and nobody else's", async () => {
    report(`${MARKER}\nnew`);
    const repository = new Repository([
      { id: 1, body: `${MARKER} by a person`, user: { login: "somebody" } },
      { id: 2, body: `${MARKER} old`, user: { login: "github-actions[bot]" } },
    ]);
    await repository.run(write);
    assert.deepEqual(
      repository.written.map(({ comment_id }) => comment_id),
      [2],
    );
  });

  it("writes nothing that is no report: without the marker, too large, or a link", async () => {
    for (const prepare of [
      () => report("anything"),
      () => report(MARKER + "x".repeat(5 * 65_536)),
      () => {
        writeFileSync(join(folder, "elsewhere"), `${MARKER} secret`);
        symlinkSync(join(folder, "elsewhere"), join(folder, "report/comment.md"));
      },
    ]) {
      rmSync(join(folder, "report/comment.md"), { force: true });
      prepare();
      const repository = new Repository();
      await repository.run(write);
      assert.equal(repository.failures.length, 1);
      assert.deepEqual(repository.written, []);
    }
  });

  it("writes nothing on a pull request that has moved on", async () => {
    report(`${MARKER}\nhello`);
    const repository = new Repository();
    repository.headSha = "later";
    await repository.run(write);
    assert.deepEqual([repository.written, repository.failures], [[], []]);
  });

  it("fits what GitHub takes", async () => {
    report(MARKER + "@".repeat(65_536));
    const repository = new Repository();
    await repository.run(write);
    assert.ok((repository.written[0]?.body.length ?? 0) <= 65_536);
  });
});
