import { setTimeout as sleep } from "node:timers/promises";

export interface HealthCheck {
  /** Answers with a 2xx status when the process is ready for work. */
  url: string;
  /**
   * Answers with a 2xx status as long as the process itself is well, whatever it depends on. Default: `url`.
   * A process that fails this one is started again by the next update.
   */
  liveUrl?: string | undefined;
  /** How long a start may take until `url` answers, in seconds. Default 30. */
  timeoutSeconds: number;
}

const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 200;
const ONE_ANSWER_MILLISECONDS = 5000;

/** undefined when the URL answers with a 2xx status, else what it does instead. */
export async function healthProblem(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(ONE_ANSWER_MILLISECONDS);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    const body = await response.text();
    return response.ok ? undefined : `${url} answers ${response.status} ${body.slice(0, 300)}`.trim();
  } catch (error) {
    const { cause, message } = error as Error;
    return `${url} does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

/** Asks until the URL answers; @returns undefined then, or what it did last when the signal ended the wait. */
export async function waitUntilHealthy(url: string, signal: AbortSignal): Promise<string | undefined> {
  let problem = `${url} was not asked`;
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const current = await healthProblem(url, signal);
    if (current === undefined) return undefined;
    if (!signal.aborted) problem = current;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  return problem;
}
