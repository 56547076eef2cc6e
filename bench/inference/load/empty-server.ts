// A server that does next to nothing: it shows what the load generator itself can do.
import { createServer } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const ANSWER = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

const server = createServer({ noDelay: true }, (socket) => {
  /** Bytes of the request under way that are still to come; undefined: its head is not whole yet. */
  let missing: number | undefined;
  let head: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (data: Buffer) => {
    if (missing === undefined) {
      head = head.length === 0 ? data : Buffer.concat([head, data]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head.toString("latin1", 0, end))?.[1] ?? 0);
      missing = end + HEAD_END.length + length - head.length;
    } else missing -= data.length;
    if (missing > 0) return;
    missing = undefined;
    head = Buffer.alloc(0);
    socket.write(ANSWER);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
