import { createTransport } from "nodemailer";
import { parseUrl, urlProblems } from "../back-end-url.ts";
import { ApiError, errorMessage, invalidInput } from "../errors.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { Mailer } from "./mailer.ts";
import { smtpUrlForms } from "./smtp-urls.ts";

const timeoutMilliseconds = 30_000;

/**
 * Mail over SMTP; the password is read anew for every mail, so that a new one is used without a restart.
 * @param url smtp-urls.ts
 * @throws ApiError `invalid-smtp-url` (400)
 */
export function createMailer(url: string, secrets: Pick<SecretStore, "get"> | undefined): Mailer {
  const result = parseUrl(url, smtpUrlForms);
  if ("problems" in result)
    throw invalidInput("invalid-smtp-url", urlProblems("smtp", url, result.problems), "SMTP URL");
  const { protocol, place, parameters } = result.parsed;
  if ((parameters.user === undefined) !== (parameters.secret === undefined))
    throw invalidInput("invalid-smtp-url", [
      { path: "smtp", message: "the parameters user and secret, which names the password, go together" },
    ]);
  if (parameters.secret !== undefined && secrets === undefined)
    throw invalidInput("invalid-smtp-url", [
      { path: "smtp", message: `secret ${parameters.secret} cannot be read: set SKYLOOM_SECRETS` },
    ]);
  const isImplicit = protocol === "smtps:";
  const isPlain = "tls" in parameters && parameters.tls === "none";
  const { host = "", port = "" } = place;

  async function connect() {
    const { user, secret } = parameters;
    const password = secret === undefined ? undefined : await secrets?.get(secret);
    return createTransport({
      host: host.replace(/^\[|\]$/g, ""),
      port: port === "" ? (isImplicit ? 465 : 587) : Number(port),
      secure: isImplicit,
      requireTLS: !isPlain,
      ignoreTLS: isPlain,
      connectionTimeout: timeoutMilliseconds,
      greetingTimeout: timeoutMilliseconds,
      socketTimeout: timeoutMilliseconds,
      // A text that a workflow writes must not make this process read files or fetch URLs.
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    });
  }

  return {
    async send({ to, subject, text, id, signal }) {
      const transport = await connect();
      const abort = () => transport.close();
      signal?.addEventListener("abort", abort, { once: true });
      try {
        const messageId = `<${id.replaceAll(/[^A-Za-z0-9._-]/g, ".")}@skyloom>`;
        const sent = await transport.sendMail({ from: parameters.from, to, subject, text, messageId });
        return { accepted: sent.accepted.map(addressOf), rejected: sent.rejected.map(addressOf) };
      } catch (error) {
        throw mailProblem(error, host);
      } finally {
        signal?.removeEventListener("abort", abort);
        transport.close();
      }
    },
  };
}

function addressOf(address: string | { address: string }): string {
  return typeof address === "string" ? address : address.address;
}

function mailProblem(error: unknown, host: string): ApiError {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  const isForGood = responseCode >= 500 && code !== "EAUTH";
  const what = isForGood
    ? "refused the mail"
    : code === "EAUTH"
      ? "refused the log-in"
      : "did not take the mail";
  return new ApiError(`the mail server ${host} ${what}: ${errorMessage(error)}`, {
    status: isForGood ? 422 : 503,
    code: isForGood ? "mail-refused" : "mail-server-unavailable",
    cause: error,
  });
}
