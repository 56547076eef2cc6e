// Progress of set-up on standard error: one line that is rewritten on a terminal, plain lines elsewhere.
import { spawn } from "node:child_process";

const isTerminal = process.stderr.isTTY === true;

/**
 * Runs a command and shows that it is alive. Its output is kept and shown only when it fails.
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export function runWithProgress(title, command, args, options = {}) {
  const started = Date.now();
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let lastLine = "";
  const keep = (chunk) => {
    output = (output + chunk).slice(-200_000);
    lastLine = String(chunk).trim().split("\n").at(-1) ?? lastLine;
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const seconds = () => Math.round((Date.now() - started) / 1000);
  if (!isTerminal) process.stderr.write(`${title} …\n`);
  const show = () => {
    const line = `${title} … ${seconds()} s  ${lastLine}`;
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  };
  const timer = isTerminal
    ? setInterval(show, 200)
    : setInterval(() => process.stderr.write(`  still at it after ${seconds()} s\n`), 30_000);
  return new Promise((resolve) => {
    const finish = (ok, reason) => {
      clearInterval(timer);
      if (isTerminal) process.stderr.write("\r\x1b[K");
      process.stderr.write(`${ok ? "✓" : "✗"} ${title} (${seconds()} s)\n`);
      resolve({ ok, output: reason ? `${output}\n${reason}` : output });
    };
    child.once("error", (error) => finish(false, error.message));
    child.once("close", (code) => finish(code === 0, ""));
  });
}
