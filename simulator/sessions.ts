import type { PackageName } from "./schema/locate.ts";
import { createSession, type Session } from "./session.ts";

/**
 * The configured provider instances. The engine opens one connection for each, so the caller's address tells which
 * one a call is for; a call over a new connection (after a long pause) gets the package's latest.
 */
export class Sessions {
  readonly #byConnection = new Map<string, Session>();
  readonly #latest = new Map<PackageName, Session>();

  add(connection: string, session: Session): void {
    this.#byConnection.set(`${connection} ${session.provider}`, session);
    this.#latest.set(session.provider, session);
  }

  get(connection: string, provider: PackageName): Session {
    return (
      this.#byConnection.get(`${connection} ${provider}`) ??
      this.#latest.get(provider) ??
      createSession(provider, {})
    );
  }
}
