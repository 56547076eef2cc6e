const ATTEMPTS = 3;
const FIRST_WAIT_MS = 500;
const TIMEOUT_MS = 600_000;

/** Asks an address, again after a while when it is busy or breaks. @throws Error that names the address and the answer. */
export async function ask(address: string): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(address);
    if (answer instanceof Response && answer.ok) return answer;
    const retryable = answer instanceof Error || answer.status === 429 || answer.status >= 500;
    if (!retryable || attempt === ATTEMPTS)
      throw new Error(
        `${withoutKey(address)}: ${answer instanceof Error ? answer.message : `answers ${answer.status}`}`,
      );
    await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)));
  }
}

async function once(address: string): Promise<Response | Error> {
  try {
    return await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const { message, cause } = error as Error;
    return new Error(cause instanceof Error ? `${message}: ${cause.message}` : message);
  }
}

/** A key is nobody's business in a message. */
export function withoutKey(address: string): string {
  return address.replace(/([?&]key=)[^&]*/, "$1…");
}
