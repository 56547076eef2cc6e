import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { createOutbound } from "../../../runtime/outbound/create-outbound.ts";
import type { ResolveHost } from "../../../runtime/outbound/guarded-agent.ts";
import type { Outbound, OutboundRequest } from "../../../runtime/outbound/outbound.ts";
import { readAnswer } from "../../../runtime/outbound/read-answer.ts";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

describe("outbound calls", function () {
  this.timeout(120_000);
  const seen: Seen[] = [];
  let server: Server;
  let other: Server;
  let outbound: Outbound;
  const urlOf = (listening: Server, host = "127.0.0.1") =>
    `http://${host}:${(listening.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method, url = "/", headers } = request;
    seen.push({ method, url, headers, body });
    const { searchParams } = new URL(url, "http://any");
    const to = searchParams.get("to");
    if (to !== null) response.writeHead(Number(searchParams.get("status") ?? 302), { location: to }).end();
    else if (url === "/hang") return;
    else if (url === "/zipped")
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("a".repeat(10_000)));
    else response.writeHead(200, { "content-type": "text/plain" }).end(`you asked ${url}`);
  }

  before(async () => {
    server = createServer(answer).listen(0, "127.0.0.1");
    other = createServer(answer).listen(0, "127.0.0.1");
    await Promise.all([once(server, "listening"), once(other, "listening")]);
    outbound = createOutbound({ allowPrivateAddresses: ["127.0.0.1"] });
  });
  beforeEach(() => seen.splice(0));
  after(async () => {
    await outbound.close();
    for (const each of [server, other]) {
      each.closeAllConnections();
      await once(each.close(), "close");
    }
  });

  async function text(request: OutboundRequest, through = outbound): Promise<string> {
    return (await readAnswer(await through.send(request), 100_000)).toString();
  }
  async function withOutbound(
    options: Parameters<typeof createOutbound>[0],
    use: (outbound: Outbound) => Promise<void>,
  ): Promise<void> {
    const own = createOutbound(options);
    try {
      await use(own);
    } finally {
      await own.close();
    }
  }

  it("send method, headers and body, and stream the answer", async () => {
    const answered = await outbound.send({
      url: `${urlOf(server)}/a?b=c`,
      method: "POST",
      headers: { "x-key": "k" },
      body: "text",
    });
    assert.equal(answered.status, 200);
    assert.equal(answered.headers["content-type"], "text/plain");
    assert.equal((await readAnswer(answered, 100)).toString(), "you asked /a?b=c");
    assert.deepEqual([seen[0]?.method, seen[0]?.headers["x-key"], seen[0]?.body], ["POST", "k", "text"]);
  });

  it("refuse loopback unless it is allowed, in every spelling", async () => {
    const { port } = server.address() as AddressInfo;
    await withOutbound({}, async (closed) => {
      for (const host of ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "[::1]"])
        await assert.rejects(closed.send({ url: `http://${host}:${port}/` }), (error: Error) => {
          assert.equal((error as { code?: string }).code, "address-not-allowed", error.message);
          assert.match(error.message, /SKYLOOM_ALLOW_PRIVATE_ADDRESSES/);
          return true;
        });
    });
    assert.deepEqual(seen, []);
  });

  it("check the address that a name has when the connection is made", async () => {
    const { port } = server.address() as AddressInfo;
    const asked: string[] = [];
    const resolve: ResolveHost = (host, callback) => {
      asked.push(host);
      callback(null, [
        { address: "10.9.9.9", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    };
    await withOutbound({ resolve }, async (closed) => {
      await assert.rejects(closed.send({ url: `http://rebound.example:${port}/` }), {
        code: "address-not-allowed",
        message: /rebound\.example \(10\.9\.9\.9, 127\.0\.0\.1\)/,
      });
    });
    await withOutbound({ resolve, allowPrivateAddresses: ["127.0.0.0/8"] }, async (open) => {
      assert.equal(await text({ url: `http://rebound.example:${port}/x` }, open), "you asked /x");
    });
    assert.deepEqual(asked, ["rebound.example", "rebound.example"]);
  });

  it("follow redirects and check each anew", async () => {
    assert.equal(await text({ url: `${urlOf(server)}/?to=/there` }), "you asked /there");
    for (const to of ["http://169.254.169.254/latest/meta-data", "http://10.0.0.1/"])
      await assert.rejects(outbound.send({ url: `${urlOf(server)}/?to=${encodeURIComponent(to)}` }), {
        code: "address-not-allowed",
      });
    await assert.rejects(outbound.send({ url: `${urlOf(server)}/?to=file:///etc/passwd` }), {
      code: "invalid-url",
    });
  });

  it("end a circle of redirects", async () => {
    const request = { url: `${urlOf(server)}/?to=${encodeURIComponent("?to=/back")}`, maximumRedirects: 1 };
    await assert.rejects(outbound.send(request), { code: "too-many-redirects" });
    assert.equal(seen.length, 2);
  });

  it("keep credentials and the body's headers from another origin, and turn a POST into a GET where that is the rule", async () => {
    const headers = {
      authorization: "Bearer x",
      "x-api-key": "y",
      accept: "text/csv",
      "content-type": "text/plain",
    };
    const to = encodeURIComponent(`${urlOf(other)}/end`);
    await text({ url: `${urlOf(server)}/?to=${to}`, method: "POST", headers, body: "b" });
    await text({ url: `${urlOf(server)}/?status=307&to=${to}`, method: "POST", headers, body: "b" });
    await text({ url: `${urlOf(server)}/?to=/same`, headers });
    const [, moved, , kept, , same] = seen;
    assert.deepEqual([moved?.method, moved?.body, moved?.headers["content-type"]], ["GET", "", undefined]);
    assert.deepEqual([kept?.method, kept?.body, kept?.headers["content-type"]], ["POST", "b", "text/plain"]);
    for (const hop of [moved, kept])
      assert.deepEqual(
        [hop?.headers.authorization, hop?.headers["x-api-key"], hop?.headers.accept],
        [undefined, undefined, "text/csv"],
      );
    assert.deepEqual([same?.headers.authorization, same?.headers["x-api-key"]], ["Bearer x", "y"]);
  });

  it("limit the answer after decompression", async () => {
    assert.equal((await text({ url: `${urlOf(server)}/zipped` })).length, 10_000);
    await assert.rejects(readAnswer(await outbound.send({ url: `${urlOf(server)}/zipped` }), 9999), {
      code: "answer-too-large",
      message: /larger than 9999 bytes/,
    });
  });

  it("say why there is no answer, without the query", async () => {
    const closing = createServer().listen(0, "127.0.0.1");
    await once(closing, "listening");
    const url = urlOf(closing);
    await once(closing.close(), "close");
    await assert.rejects(outbound.send({ url: `${url}/path?key=secret` }), (error: Error) => {
      assert.equal((error as { code?: string }).code, "target-unreachable");
      assert.match(error.message, /^no answer from http:\/\/127\.0\.0\.1:\d+\/path: .*ECONNREFUSED/);
      return true;
    });
    for (const wrong of ["ftp://host/", "no url", "http://user:pass@host/"])
      await assert.rejects(outbound.send({ url: wrong }), { code: "invalid-url" });
  });

  it("end with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const sent = outbound.send({ url: `${urlOf(server)}/hang`, signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(sent, reason);
  });
});
