import type { Properties } from "./values.ts";

/** What kind of failure a provider reports; the server turns it into a gRPC status. */
export type ErrorKind =
  | "invalid"
  | "not-found"
  | "conflict"
  | "quota"
  | "throttling"
  | "timeout"
  | "expired-login"
  | "unimplemented"
  | "failed";

/** An error as the provider's users see it. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The resource was made, but not finished: the engine keeps it and tries to update it the next time. */
export class InitializationError extends Error {
  override readonly name = "InitializationError";
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;

  constructor(message: string, resource: { id: string; properties: Properties; inputs: Properties }) {
    super(message);
    this.id = resource.id;
    this.properties = resource.properties;
    this.inputs = resource.inputs;
  }
}
