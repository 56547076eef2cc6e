// What every script of this workflow needs: its inputs, its outputs, and the server's control interface.
import { readFileSync, writeFileSync } from "node:fs";
import { controlHosts } from "./control-hosts.mjs";

const timeoutMilliseconds = 10_000;

/** Runs a task: what it returns is written as its outputs, what it throws is the attempt's error. */
export async function runTask(task) {
  try {
    const inputs = JSON.parse(readFileSync(variable("SKYLOOM_INPUTS"), "utf8"));
    writeFileSync(variable("SKYLOOM_OUTPUTS"), JSON.stringify(await task(inputs)));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Calls the server that the run is about. */
export async function call(control, method, path, { body, key } = {}) {
  const url = new URL(`${control}${path}`);
  if (url.protocol !== "http:" || !controlHosts.includes(url.hostname))
    throw new Error(`control ${control} is refused: it must be http on ${controlHosts.join(" or ")}`);
  const response = await fetch(url, {
    method,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMilliseconds),
    headers: { "content-type": "application/json", ...(key && { "idempotency-key": key }) },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((error) => {
    throw new Error(`${method} ${url} got no answer: ${error.cause?.message ?? error.message}`);
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${answer.error}`);
  return answer;
}

/** The same in every attempt of the task, so that the server carries an action out only once. */
export function taskKey() {
  return variable("SKYLOOM_TASK_KEY");
}

function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
