import { RestError, type WebResource } from "@azure/storage-blob";

export interface AzureServiceOptions {
  /** The storage account's name. */
  account: string;
  /** `https://HOST[:PORT]` of an emulator or of another of Azure's clouds. Default: Azure's public cloud. */
  endpoint?: string | undefined;
}

/** Without the last part of the path: the container or the queue. */
export function serviceUrl(service: "blob" | "queue", { account, endpoint }: AzureServiceOptions): string {
  if (endpoint === undefined) return `https://${account}.${service}.core.windows.net`;
  const url = endpoint.replace(/\/+$/, "");
  // Where the host does not name the account, the path does.
  return new URL(url).hostname.startsWith(`${account}.`) ? url : `${url}/${account}`;
}

/** What is wrong with an endpoint, or undefined. */
export function endpointProblem(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined || endpoint.startsWith("https://")) return undefined;
  return "parameter endpoint must be https://HOST[:PORT]: an access token must not travel in the clear";
}

/** Of each request by the SDK; five tries within about four seconds, and their time. */
export const retryOptions = { maxTries: 5, retryDelayInMs: 300, maxRetryDelayInMs: 10_000 };

/** How long one try may take until its answer comes, beside a second for each megabyte it carries. */
const tryMilliseconds = 30_000;

/** Tells of which try an answer is: a change that is refused may have been made by an earlier one. */
export const tryHeader = "x-skyloom-try";

interface NextPolicy<Answer> {
  sendRequest(request: WebResource): Promise<Answer>;
}

/**
 * Ends a try that gets no answer, so that it is made again: the SDK itself waits for ever, e.g. where a firewall drops
 * packets. The class has the one name that the SDKs run within their retries; others they run around them.
 */
class InjectorPolicyFactory {
  create<Answer>(next: NextPolicy<Answer>) {
    return { sendRequest: (request: WebResource) => sendOnce(next, request) };
  }
}

/** To be added to a pipeline's factories. */
export const eachTry = new InjectorPolicyFactory();

async function sendOnce<Answer>(next: NextPolicy<Answer>, request: WebResource): Promise<Answer> {
  const bytes = Number(request.headers.get("content-length") ?? 0);
  request.timeout = tryMilliseconds + bytes / 1000;
  request.headers.set(tryHeader, String(Number(request.headers.get(tryHeader) ?? 0) + 1));
  try {
    return await next.sendRequest(request);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError" || request.abortSignal?.aborted) throw error;
    const message = `no answer within ${Math.round(request.timeout / 1000)} s`;
    throw new RestError(message, { code: "ETIMEDOUT" });
  }
}
