/**
 * Where secrets are read from; nothing is written. A name that is not allowed (secret-rules.ts) is refused with ApiError
 * `invalid-secret-name` (400). Values are never cached, so that the next read sees a new version; and no error and no
 * log holds one.
 */
export interface SecretStore {
  /**
   * The newest version, as text of at most 64 KiB.
   * @throws ApiError `secret-not-found` (404), `secret-not-text`, `secret-too-large` (422), `secret-access-denied`,
   * `secret-store-access-denied`, `secret-store-not-found`, `secret-store-unavailable` (503)
   */
  get(name: string): Promise<string>;
  /**
   * Whether the store answers this process; after a success it is not asked again for 30 s. A missing permission for a
   * secret is found by `get` alone, as permissions may be given secret by secret.
   * @throws ApiError `secret-store-access-denied`, `secret-store-not-found`, `secret-store-unavailable` (503)
   */
  check(): Promise<void>;
  close(): Promise<void>;
}
