import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import type { Mail } from "../../../../runtime/mail/mailer.ts";
import type { TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { notify } from "../../../../runtime/workflows/task-types/notify.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, secretsOf, taskContext } from "./run-task.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

describe("task notify", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const values = {
    branded: `whsec_${randomBytes(32).toString("base64")}`,
    plain: "a plain text of thirty letters",
    short: "too short",
    wrong: "whsec_%%%%%%%%%%%%%%%%%%%%%%%%",
  };
  let server: TestServer;
  let context: TaskContext;

  before(async () => {
    server = await startTestServer();
    context = taskContext(join(folder.path, "bucket"), { secrets: secretsOf(values) });
  });
  beforeEach(() => server.seen.splice(0));
  after(async () => {
    await context.outbound.close();
    await server.close();
  });
  const tell = (secret: string, more: object = {}) =>
    runTask(
      notify,
      { message: "disk is full", webhook: { url: `${server.url}/hook`, secret }, ...more },
      context,
    );

  it("signs its webhook as Standard Webhooks verifies it, with the same id in every attempt", async () => {
    server.answer = (_request, response) => void response.writeHead(202).end();
    for (const [secret, key] of [
      ["branded", new Webhook(values.branded)],
      ["plain", new Webhook(values.plain, { format: "raw" })],
    ] as const) {
      server.seen.splice(0);
      const outputs = await tell(secret, { level: "error", details: { free: 0 } });
      assert.deepEqual(outputs, { level: "error", message: "disk is full", webhook: { status: 202 } });
      const [seen] = server.seen;
      const event = key.verify(seen?.body ?? "", seen?.headers as Record<string, string>) as { data: object };
      assert.deepEqual(event.data, {
        run: "run-1",
        task: "step",
        level: "error",
        message: "disk is full",
        details: { free: 0 },
      });
      assert.equal(seen?.headers["webhook-id"], "run-1/step");
    }
  });

  it("fails for good or for now as the receiver says, and never follows a redirect", async () => {
    server.answer = (_request, response) => void response.writeHead(410).end("gone");
    await assert.rejects(tell("plain"), {
      code: "webhook-refused",
      status: 422,
      message: /answered 410: gone$/,
    });
    server.answer = (_request, response) => void response.writeHead(500).end();
    await assert.rejects(tell("plain"), { code: "webhook-refused", status: 502 });
    server.answer = (_request, response) => void response.writeHead(307, { location: "/elsewhere" }).end();
    await assert.rejects(tell("plain"), { code: "too-many-redirects" });
    assert.equal(server.seen.length, 3);
  });

  it("refuses a secret that cannot sign", async () => {
    await assert.rejects(tell("short"), { code: "secret-too-short" });
    await assert.rejects(tell("wrong"), { code: "secret-not-usable" });
    assert.equal(server.seen.length, 0);
  });

  it("hands mail to the runtime's server, and says so where there is none", async () => {
    const email = { to: ["a@b.example", "c@d.example"], subject: "Alarm" };
    await assert.rejects(runTask(notify, { message: "x", email }, context), {
      code: "mail-not-configured",
      message: /set SKYLOOM_SMTP/,
    });
    const mails: Mail[] = [];
    const mailer = {
      async send(mail: Mail) {
        mails.push(mail);
        return { accepted: mail.to, rejected: [] };
      },
    };
    const outputs = await runTask(notify, { message: "x", details: { n: 1 }, email }, { ...context, mailer });
    assert.deepEqual(outputs.email, { accepted: email.to, rejected: [] });
    const [mail] = mails;
    assert.deepEqual([mail?.to, mail?.subject, mail?.id], [email.to, "Alarm", "run-1/step"]);
    assert.equal(mail?.text, 'x\n\n{\n  "n": 1\n}\n\n-- \nrun run-1, task step\n');
  });

  it("lets no expression decide who gets a signature or is told", () => {
    const problems = problemsOf(notify, {
      message: "x",
      webhook: { url: "https://${inputs.host}/", secret: "${inputs.secret}" },
      email: { to: "nobody" },
    });
    assert.match(problems[0] ?? "", /^webhook\.secret: must be the name of a secret/);
    assert.ok(
      problems.includes("email.to: must be an e-mail address or a list of at most 100"),
      problems.join("\n"),
    );
    const [host] = problemsOf(notify, {
      message: "x",
      webhook: { url: "https://${inputs.host}/", secret: "plain" },
    });
    assert.match(host ?? "", /^webhook\.url: must have a host that is fixed/);
  });
});
