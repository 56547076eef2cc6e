import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { answerBrokenRequests } from "../../runtime/broken-requests.ts";
import { latestResponses } from "../../runtime/latest-responses.ts";

describe("requests that are no HTTP", () => {
  let server: Server;
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/begun") response.write("begun,");
      request.on("error", () => undefined);
      request.resume().once("end", () => response.end("done"));
    });
    answerBrokenRequests(server, latestResponses(server));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function answerTo(sent: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(sent, "latin1");
    socket.setEncoding("utf8");
    let received = "";
    for await (const chunk of socket) received += chunk;
    return received;
  }

  const post = (more: string) => `POST / HTTP/1.1\r\nHost: x\r\n${more}`;
  const cases: [string, string, number][] = [
    ["noise", "\x16\x03\x01\x02\x00\r\n\r\n", 400],
    ["no such method", "HELLO / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400],
    ["a length that is none", post("Content-Length: -1\r\n\r\n"), 400],
    ["a length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"), 400],
    ["chunks that are none", post("Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 400],
    ["headers without end", post(`A: ${"a".repeat(40_000)}`), 431],
  ];
  for (const [name, sent, status] of cases)
    it(`are answered with a message: ${name}`, async () => {
      const [head = "", body = ""] = (await answerTo(sent)).split("\r\n\r\n");
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(head, /\r\nConnection: close/);
      const { error, code } = JSON.parse(body);
      assert.match(error, /^the request is no valid HTTP: ./);
      assert.equal(code, "invalid-http");
    });

  it("get no second answer where the first has begun", async () => {
    const answer = await answerTo(
      "POST /begun HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    );
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length ?? 0, answer === "" ? 0 : 1);
    assert.ok(!answer.includes("invalid-http"));
  });

  it("are answered after others on the same connection", async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.setEncoding("utf8");
    socket.write(post("Content-Length: 2\r\n\r\nab"));
    let received = "";
    for await (const chunk of socket) {
      received += chunk;
      if (received.endsWith("done\r\n0\r\n\r\n") || received.endsWith("done")) socket.write("noise\r\n\r\n");
    }
    assert.match(received, /^HTTP\/1\.1 200 .+HTTP\/1\.1 400 .+"code":"invalid-http"/s);
  });
});
