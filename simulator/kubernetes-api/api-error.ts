import { isProperties, type Properties, textAt, valueAt } from "../values.ts";

export interface Cause {
  reason: string;
  field: string;
  message: string;
}

/** A refusal of the API server: its Status object. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The server's own word, e.g. NotFound, Forbidden, Conflict, Invalid. */
  readonly reason: string;
  readonly causes: Cause[];

  constructor(status: number, body: string) {
    const parsed = parse(body);
    super(textAt(parsed, "message") ?? (body.trim().slice(0, 500) || `HTTP status ${status}`));
    this.status = status;
    this.reason = textAt(parsed, "reason") ?? "";
    this.causes = causesOf(parsed);
  }
}

function parse(body: string): Properties {
  try {
    const parsed = JSON.parse(body);
    return isProperties(parsed) ? parsed : {};
  } catch {
    return {}; // a proxy before the API server answers in text or HTML
  }
}

function causesOf(status: Properties): Cause[] {
  const causes = valueAt(status, ["details", "causes"]);
  if (!Array.isArray(causes)) return [];
  return causes.map((cause) => ({
    reason: textAt(cause, "reason") ?? "",
    field: (textAt(cause, "field") ?? "").replace(/^\./, ""),
    message: textAt(cause, "message") ?? "",
  }));
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Another field manager holds a field that the program sets. */
export function isFieldConflict(error: unknown): boolean {
  return error instanceof ApiError && error.causes.some(({ reason }) => reason === "FieldManagerConflict");
}

/** Worth another try: the server is busy or restarting, or somebody else wrote in between. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return isBrokenConnection(error);
  if ([429, 502, 503, 504].includes(error.status)) return true;
  return error.status === 409 && error.reason === "Conflict" && !isFieldConflict(error);
}

const CONNECTION_CODES = /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNREFUSED|UND_ERR_(SOCKET|CONNECT_TIMEOUT))$/;

function isBrokenConnection(error: unknown): boolean {
  return CONNECTION_CODES.test(codeOf(error));
}

/** The code of the innermost system error, e.g. ECONNREFUSED; empty when there is none. */
export function codeOf(error: unknown): string {
  const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown[] };
  return codeOfAny(cause) || codeOfAny(errors?.[0]) || (typeof code === "string" ? code : "");
}

function codeOfAny(error: unknown): string {
  return error === undefined ? "" : codeOf(error);
}

const IMMUTABLE =
  /immutable|may not (be )?change|cannot change|updates to .* (are )?forbidden|may not change|for fields other than|not be updated/i;

/** The fields that the server does not let change on an object that is there; undefined for other errors. */
export function immutableFields(error: unknown): string[] | undefined {
  if (!(error instanceof ApiError) || error.status !== 422) return undefined;
  if (!IMMUTABLE.test(error.message)) return undefined;
  const fields = error.causes.filter(({ message }) => IMMUTABLE.test(message)).map(({ field }) => field);
  return fields.length > 0 ? fields : ["spec"];
}

/**
 * Refusals of a dry run that may come from what the same update makes before: a namespace, a role, a service account,
 * a priority class, a webhook's service; or from a webhook that takes no dry runs.
 */
export function mayComeFromOrder(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.status === 404) return true;
  if (error.status === 400) return /does not support dry run/.test(error.message);
  if (error.status === 403) return /not found|was found/.test(error.message);
  return error.status === 500 && /failed calling webhook/.test(error.message);
}

const RIGHTS =
  /User "(?<user>.*?)" cannot (?<verb>\w+) resource "(?<resource>.*?)" in API group "(?<group>.*?)"(?: in the namespace "(?<namespace>.*?)")?/;

/** The error as users read it: which right is missing, who holds which field, or what the server says. */
export function explain(error: ApiError): string {
  const rights = RIGHTS.exec(error.message)?.groups;
  if (error.status === 403 && rights) {
    const where = rights.namespace ? `in the namespace "${rights.namespace}"` : "in the whole cluster";
    const binding = rights.namespace ? "Role and RoleBinding there" : "ClusterRole and ClusterRoleBinding";
    const group = rights.group ? `.${rights.group}` : "";
    return `user "${rights.user}" may not ${rights.verb} ${rights.resource}${group} ${where}: an administrator grants it by a ${binding}`;
  }
  if (isFieldConflict(error)) return explainConflict(error);
  if (error.status === 401)
    return "the API server does not accept the credentials (401): they are expired or wrong";
  return error.message;
}

function explainConflict(error: ApiError): string {
  const held = error.causes.map(({ field, message }) => `  ${field}: held by ${holder(message)}`);
  return [
    "another field manager holds what the program sets:",
    ...new Set(held),
    'Leave these fields out of the program (or list them in ignoreChanges), or take them over with the annotation pulumi.com/patchForce: "true".',
  ].join("\n");
}

/** `conflict with "kubectl" with subresource "scale" using apps/v1` → `"kubectl" with subresource "scale"`. */
function holder(message: string): string {
  return message.replace(/^conflicts? with /, "").replace(/ using \S+$/, "");
}
