import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import type { Run } from "../../../runtime/workflows/run.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { testEngine } from "./engine-server.ts";
import { freePorts, type RestateServer, startRestateServer } from "./restate-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

const value = "hunter2-hunter2-hunter2";
const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END KEY-----";

describe("secrets of scripts on a real Restate", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let secretsFolder: string;
  let restate: RestateServer;
  let engine: WorkflowEngine;

  async function startEngine(name: string, url?: string): Promise<WorkflowEngine> {
    const [workflowPort = 0] = await freePorts(1);
    const started = testEngine({
      bucket: join(folder.path, name),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort,
      ...(url !== undefined && { secrets: await createSecretStore(url) }),
    });
    await started.start();
    return started;
  }

  before(async () => {
    secretsFolder = join(folder.path, "secrets");
    await mkdir(secretsFolder);
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = await startEngine("bucket", pathToFileURL(secretsFolder).href);
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
  });
  beforeEach(async () => {
    for (const [name, content] of Object.entries({ "api-key": value, "private-key": key }))
      await writeFile(join(secretsFolder, name), `${content}\n`);
  });

  async function runScript(name: string, script: string, secrets: string, more = ""): Promise<Run> {
    await engine.putDefinition(
      `name: ${name}\ntasks:\n  a:\n    uses: script\n${more}    with:\n      command: [sh, -c, ${JSON.stringify(script)}]\n      secrets: ${secrets}\n`,
    );
    const { id } = await engine.startRun({ workflow: name });
    return await waitForRun(() => engine.getRun(id));
  }

  /** Every file below the folder that holds the text. */
  async function filesWith(text: string, path: string): Promise<string[]> {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = join(entry.parentPath, entry.name);
      if ((await readFile(file)).includes(text)) found.push(file);
    }
    return found;
  }

  /** Everything that Restate has recorded of every run: its files are compressed. */
  async function readJournal(): Promise<string> {
    const response = await fetch(`${restate.admin}/query`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: "select raw from sys_journal" }),
    });
    const { rows } = (await response.json()) as { rows: { raw: string }[] };
    return rows.map(({ raw }) => Buffer.from(raw, "hex").toString()).join("\n");
  }

  it("reach the script, and neither the run, nor its log, nor Restate's journal", async () => {
    const run = await runScript(
      "shows",
      'echo "key $API_KEY"; echo "$PRIVATE_KEY" >&2; printf \'{"length": %s, "key": "%s"}\' $${#API_KEY} "$API_KEY" > "$SKYLOOM_OUTPUTS"',
      "{API_KEY: api-key, PRIVATE_KEY: private-key}",
    );
    const [task] = run.tasks;
    assert.equal(run.state, "succeeded");
    assert.deepEqual(task?.outputs, { length: value.length, key: "***" });
    const names = { API_KEY: "api-key", PRIVATE_KEY: "private-key" };
    assert.deepEqual((task?.inputs as { secrets?: unknown } | undefined)?.secrets, names);
    const failed = await runScript("fails", 'echo "wrong $API_KEY" >&2; exit 4', "{API_KEY: api-key}");
    assert.match(failed.error ?? "", /^task a failed: sh ended with status 4: wrong \*\*\*$/);
    const bucket = join(folder.path, "bucket");
    const journal = await readJournal();
    // That the search finds what is there.
    assert.ok(journal.includes("wrong ***") && journal.includes('"key":"***"'));
    assert.ok((await filesWith("key ***", bucket)).length > 0);
    for (const secret of [value, "MIIEvQIBADANBgkqhkiG"]) {
      assert.ok(!journal.includes(secret));
      assert.deepEqual(await filesWith(secret, bucket), []);
    }
  });

  it("are read anew for every attempt", async () => {
    const tries = join(folder.path, "tries");
    const run = await runScript(
      "anew",
      `printf %s "$API_KEY" > ${secretsFolder}/seen; echo x >> ${tries}; printf 'a newer value' > ${secretsFolder}/api-key; test $(wc -l < ${tries}) -ge 2`,
      "{API_KEY: api-key}",
      "    retries: {maximum: 1, initialInterval: 0}\n",
    );
    assert.deepEqual([run.state, run.tasks[0]?.attempts], ["succeeded", 2]);
    assert.equal(await readFile(join(secretsFolder, "seen"), "utf8"), "a newer value");
  });

  it("fail the task at once where one is missing or cannot be used", async () => {
    const retries = "    retries: {maximum: 100, initialInterval: 3600}\n";
    const mark = join(folder.path, "started");
    for (const [name, content, message] of [
      ["missing", undefined, /^task a failed: there is no secret "missing" in file:\/\//],
      ["short", "abc", /^task a failed: secret "short" must have at least 4 characters/],
      ["binary", "a\0bcdef", /^task a failed: secret "binary" is binary/],
      ["large", "x".repeat(70_000), /^task a failed: secret "large" is 70000 bytes, at most 65536/],
    ] as const) {
      if (content !== undefined) await writeFile(join(secretsFolder, name), content);
      const run = await runScript(
        `fails-${name}`,
        `touch ${mark}`,
        `{OTHER: api-key, KEY: ${name}}`,
        retries,
      );
      assert.match(run.error ?? "", message);
      assert.deepEqual([run.state, run.tasks[0]?.attempts], ["failed", 1]);
    }
    await assert.rejects(readFile(mark), { code: "ENOENT" });
  });

  it("are tried again by the task's retries where the store cannot be reached", async () => {
    await rm(secretsFolder, { recursive: true });
    const run = await runScript(
      "unreachable",
      "true",
      "{KEY: api-key}",
      "    retries: {maximum: 2, initialInterval: 0}\n",
    );
    await mkdir(secretsFolder);
    assert.match(run.error ?? "", /^task a failed: secret store file:.* does not exist/);
    assert.equal(run.tasks[0]?.attempts, 3);
  });

  it("need the setting that says where they are", async () => {
    await engine.stop();
    engine = await startEngine("bucket-without");
    const run = await runScript(
      "without",
      "true",
      "{KEY: api-key}",
      "    retries: {maximum: 100, initialInterval: 3600}\n",
    );
    assert.match(run.error ?? "", /^task a failed: .*set SKYLOOM_SECRETS/);
    assert.equal(run.tasks[0]?.attempts, 1);
  });
});
