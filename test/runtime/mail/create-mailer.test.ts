import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { createMailer } from "../../../runtime/mail/create-mailer.ts";

interface Received {
  from: string | undefined;
  to: string[];
  user: string | undefined;
  text: string;
}

describe("mail over SMTP", function () {
  this.timeout(120_000);
  const servers: SMTPServer[] = [];
  const received: Received[] = [];
  const mail = {
    to: ["ada@example.com", "bob@example.com"],
    subject: "Alarm",
    text: "The disk is full.",
    id: "run-1/tell",
  };

  beforeEach(() => received.splice(0));
  after(() => Promise.all(servers.map((server) => new Promise<void>((done) => server.close(done)))));

  /** A real server; what it takes is in `received`. */
  async function listen(options: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) =>
        password === "right" ? callback(null, { user: username }) : callback(new Error("wrong password")),
      onData(stream, session, callback) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("end", () => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom ? mailFrom.address : undefined,
            to: rcptTo.map(({ address }) => address),
            user: session.user,
            text: Buffer.concat(chunks).toString(),
          });
          callback();
        });
      },
      ...options,
    });
    // Clients that break off.
    server.on("error", () => undefined);
    servers.push(server);
    const listening = server.listen(0, "127.0.0.1");
    await once(listening, "listening");
    return (listening.address() as AddressInfo).port;
  }
  const refuse = (responseCode: number, message: string) =>
    Object.assign(new Error(message), { responseCode });

  it("hands a mail over, with a Message-ID that is the same in every attempt", async () => {
    const port = await listen();
    const mailer = createMailer(`smtp://127.0.0.1:${port}?from=skyloom@example.com&tls=none`, undefined);
    assert.deepEqual(await mailer.send(mail), { accepted: mail.to, rejected: [] });
    await mailer.send(mail);
    const [first, second] = received;
    assert.deepEqual([first?.from, first?.to, first?.user], ["skyloom@example.com", mail.to, undefined]);
    for (const each of [first, second]) {
      assert.match(each?.text ?? "", /^Message-ID: <run-1\.tell@skyloom>\r$/m);
      assert.match(each?.text ?? "", /^Subject: Alarm\r$/m);
      assert.match(each?.text ?? "", /The disk is full\./);
    }
  });

  it("cannot be made to write headers of its own", async () => {
    const port = await listen();
    const mailer = createMailer(`smtp://127.0.0.1:${port}?from=skyloom@example.com&tls=none`, undefined);
    await mailer.send({ ...mail, subject: "Alarm\r\nBcc: eve@example.com" });
    assert.doesNotMatch(received[0]?.text ?? "", /^Bcc:/m);
    assert.deepEqual(received[0]?.to, mail.to);
  });

  it("logs in with the password that the secret has now", async () => {
    const port = await listen({ authOptional: false });
    let password = "wrong";
    const url = `smtp://127.0.0.1:${port}?from=skyloom@example.com&user=mail@example.com&secret=smtp-password&tls=none`;
    const mailer = createMailer(url, { get: async () => password });
    await assert.rejects(mailer.send(mail), {
      code: "mail-server-unavailable",
      status: 503,
      message: /refused the log-in/,
    });
    password = "right";
    await mailer.send(mail);
    assert.equal(received[0]?.user, "mail@example.com");
  });

  it("sends nothing in the clear unless it is told to", async () => {
    const port = await listen();
    const mailer = createMailer(`smtp://127.0.0.1:${port}?from=skyloom@example.com`, undefined);
    await assert.rejects(mailer.send(mail), { code: "mail-server-unavailable" });
    assert.deepEqual(received, []);
  });

  it("tells a refusal for good from one for now, and who was left out", async () => {
    let refusal: Error | undefined = refuse(550, "no such mailbox");
    const port = await listen({
      onRcptTo: ({ address }, _session, callback) =>
        callback(address === "bob@example.com" ? refusal : undefined),
    });
    const mailer = createMailer(`smtp://127.0.0.1:${port}?from=skyloom@example.com&tls=none`, undefined);
    assert.deepEqual(await mailer.send(mail), {
      accepted: ["ada@example.com"],
      rejected: ["bob@example.com"],
    });
    const toBob = { ...mail, to: ["bob@example.com"] };
    await assert.rejects(mailer.send(toBob), {
      code: "mail-refused",
      status: 422,
      message: /no such mailbox/,
    });
    refusal = refuse(451, "try again");
    await assert.rejects(mailer.send(toBob), { code: "mail-server-unavailable", status: 503 });
  });

  it("names what is wrong with its URL", () => {
    for (const [url, message] of [
      ["smtp://host", /parameter from is required/],
      ["smtp://host?from=a@b.example&user=u", /parameters user and secret/],
      ["smtp://host?from=a@b.example&secret=s", /parameters user and secret/],
      ["smtp://host?from=a@b.example&user=u&secret=s", /set SKYLOOM_SECRETS/],
      ["smtp://user:password@host?from=a@b.example", /must hold no user and password/],
      ["http://host", /smtp/],
    ] as const)
      assert.throws(() => createMailer(url, undefined), { code: "invalid-smtp-url", message });
  });
});
