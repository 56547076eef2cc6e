// Runs in the cluster, against the runtime's Service: clients that ask for inferences one after the other, and where
// wanted one that puts jobs on the queue and one that starts runs. POST /stop on port 9000 ends it and answers with
// what happened; GET / tells it so far.
import { createServer } from "node:http";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";

const {
  TARGET,
  TOKEN,
  MODEL,
  CLIENTS = "4",
  RETRIES = "0",
  JOBS_PER_SECOND = "0",
  RUNS_PER_SECOND = "0",
} = process.env;
const BODY = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] }] };
/** So that a rollout has processors left. */
const PAUSE_MILLISECONDS = 25;
const RETRY_AFTER_MILLISECONDS = 1000;
const TIMEOUT_MILLISECONDS = 30_000;

const seen = { sent: 0, retried: 0, failures: [], versions: {}, milliseconds: [], jobs: [], runs: [] };
let stopping = false;

async function send(path, body) {
  seen.sent += 1;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(`${TARGET}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
      return JSON.parse(text);
    } catch (error) {
      if (attempt < Number(RETRIES)) {
        seen.retried += 1;
        await sleepMilliseconds(RETRY_AFTER_MILLISECONDS);
        continue;
      }
      const cause = error.cause ? ` (${error.cause.code ?? error.cause.message})` : "";
      seen.failures.push(`${new Date().toISOString()} ${error.message}${cause}`);
      return undefined;
    }
  }
}

async function askForInferences() {
  while (!stopping) {
    const started = performance.now();
    const answer = await send(`/v2/models/${MODEL}/infer`, BODY);
    seen.milliseconds.push(performance.now() - started);
    if (answer) seen.versions[answer.model_version] = (seen.versions[answer.model_version] ?? 0) + 1;
    await sleepMilliseconds(PAUSE_MILLISECONDS);
  }
}

/** The id makes a second try harmless. */
async function repeat(perSecond, accepted, request) {
  for (let number = 0; Number(perSecond) > 0 && !stopping; number += 1) {
    const id = `load-${process.env.HOSTNAME}-${accepted === seen.jobs ? "job" : "run"}-${number}`;
    const { path, body } = request(id);
    if (await send(path, body)) accepted.push(id);
    await sleepMilliseconds(1000 / Number(perSecond));
  }
}

const job = (id) => ({
  path: "/v1/messages",
  body: {
    specversion: "1.0",
    id,
    source: "load",
    type: "skyloom.inference",
    data: { model: MODEL, ...BODY },
  },
});
const run = (id) => ({ path: "/v1/runs", body: { id, workflow: "load", inputs: { number: 1 } } });

const clients = Promise.all([
  ...Array.from({ length: Number(CLIENTS) }, askForInferences),
  repeat(JOBS_PER_SECOND, seen.jobs, job),
  repeat(RUNS_PER_SECOND, seen.runs, run),
]);

createServer(async (request, response) => {
  const ends = request.method === "POST";
  if (ends) {
    stopping = true;
    await clients;
  }
  response.setHeader("connection", "close");
  response.end(JSON.stringify(summary()), () => ends && process.exit(0));
}).listen(9000);

function summary() {
  const sorted = seen.milliseconds.toSorted((a, b) => a - b);
  const quantile = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  const { milliseconds: _, ...rest } = seen;
  return { ...rest, medianMilliseconds: quantile(0.5), p95Milliseconds: quantile(0.95) };
}
