import { Client } from "undici";
import type { LoadFigures, LoadOrder } from "./messages.ts";
import { percentile } from "./statistics.ts";

/** Fewer answers than this for each connection say little: a slow model with a large batch answers in bursts. */
const ANSWERS_EACH = 3;
const LONGEST = 10;
const ANSWER_SECONDS = 120;

/** An answer that is none. */
export class LoadError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/**
 * Keeps so many connections busy and measures.
 * @throws LoadError on the first answer other than 200, and on a connection that breaks
 */
export async function runClosedLoop(order: LoadOrder): Promise<LoadFigures> {
  const clients = Array.from(
    { length: order.concurrency },
    () =>
      new Client(order.url, {
        pipelining: 1,
        headersTimeout: ANSWER_SECONDS * 1000,
        bodyTimeout: ANSWER_SECONDS * 1000,
      }),
  );
  try {
    return await measure(clients, order);
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
}

function measure(clients: Client[], order: LoadOrder): Promise<LoadFigures> {
  const { body, concurrency, warmUpSeconds, seconds } = order;
  const latencies: number[] = [];
  const started = performance.now();
  let answers = 0;
  /** An answer, as the end is: of answers that come in bursts whole bursts are counted. */
  let begin: number | undefined;
  let processor = process.cpuUsage();

  return new Promise((resolve, reject) => {
    const finish = (milliseconds: number) => {
      const { user, system } = process.cpuUsage(processor);
      resolve({
        requestsPerSecond: (latencies.length * 1000) / milliseconds,
        p50Ms: percentile(latencies, 0.5),
        p99Ms: percentile(latencies, 0.99),
        allRequests: answers,
        processorShare: (user + system) / 1000 / milliseconds,
      });
    };
    /** @returns whether to go on */
    const answered = (sent: number): boolean => {
      const now = performance.now();
      answers += 1;
      if (begin === undefined) {
        if (now - started < warmUpSeconds * 1000 || answers < concurrency) return true;
        begin = now;
        processor = process.cpuUsage();
        return true;
      }
      latencies.push(now - sent);
      const elapsed = (now - begin) / 1000;
      const isEnough = elapsed >= seconds && latencies.length >= ANSWERS_EACH * concurrency;
      if (!isEnough && elapsed < LONGEST * seconds) return true;
      finish(now - begin);
      return false;
    };
    const send = (client: Client) => {
      const sent = performance.now();
      let status = 0;
      const parts: Buffer[] = [];
      client.dispatch(
        { method: "POST", path: order.path, headers: order.headers, body },
        {
          onConnect() {},
          onHeaders(code) {
            status = code;
            return true;
          },
          onData(part) {
            if (status !== 200) parts.push(part);
            return true;
          },
          onComplete() {
            if (status !== 200) {
              const text = Buffer.concat(parts).toString("utf8").slice(0, 300);
              reject(new LoadError(`status ${status}: ${text}`, status));
            } else if (answered(sent)) send(client);
          },
          onError: (error) => reject(new LoadError(error.message)),
        },
      );
    };
    for (const client of clients) send(client);
  });
}
