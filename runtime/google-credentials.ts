import { isConnectionError } from "./back-end-errors.ts";
import { errorMessage } from "./errors.ts";

/** There are no credentials, or none that can be used. */
export class GoogleCredentialsError extends Error {
  override readonly name = "GoogleCredentialsError";
  readonly isExpired: boolean;

  constructor(cause: unknown) {
    const message = errorMessage(cause);
    super(
      `no access token: ${message}; give the runtime an identity by Workload Identity, or log in with gcloud auth application-default login`,
      { cause },
    );
    this.isExpired = /invalid_grant|invalid_rapt|expired|revoked/i.test(message);
  }
}

/**
 * Gets an access token, or finds that there is none: without credentials the SDK for Cloud Storage goes on
 * anonymously, and the one for Pub/Sub ends the process.
 * @throws GoogleCredentialsError, and what failed where it may work the next time.
 */
export async function requireGoogleCredentials(auth: {
  getAccessToken(): Promise<string | null | undefined>;
}): Promise<void> {
  let token: string | null | undefined;
  try {
    token = await auth.getAccessToken();
  } catch (error) {
    const { status } = error as { status?: number };
    if (isConnectionError(error) || status === 429 || (status ?? 0) >= 500) throw error;
    throw new GoogleCredentialsError(error);
  }
  if (!token) throw new GoogleCredentialsError(new Error("the identity got an empty one"));
}
