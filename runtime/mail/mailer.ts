export interface Mail {
  to: string[];
  subject: string;
  /** Plain text. */
  text: string;
  /** The same in every attempt, so that a receiver knows a mail that came twice. */
  id: string;
  signal?: AbortSignal;
}

export interface MailReceipt {
  accepted: string[];
  /** Addresses that the server did not take while it took others. */
  rejected: string[];
}

/**
 * Hands mail over to a server.
 * @throws ApiError `mail-refused` (422: the server refuses the mail for good), `mail-server-unavailable` (503: no
 * connection, a refused log-in, or a refusal for now)
 */
export interface Mailer {
  send(mail: Mail): Promise<MailReceipt>;
}
