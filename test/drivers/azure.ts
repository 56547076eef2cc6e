import { readFileSync } from "node:fs";
import { emulatorUrl } from "./emulator.ts";
import { createHttpFaults, type ErrorAnswer } from "./http-faults.ts";

export const account = () => emulatorUrl("SKYLOOM_TEST_AZURE_ACCOUNT");
export const blobEndpoint = () => emulatorUrl("SKYLOOM_TEST_AZURE_BLOB");
export const queueEndpoint = () => emulatorUrl("SKYLOOM_TEST_AZURE_QUEUE");

/** As Azure itself words them; azurite never throttles. */
const answers = {
  throttled: xmlError(503, "ServerBusy", "The server is busy."),
  expired: xmlError(401, "InvalidAuthenticationInfo", "Lifetime validation failed. The token is expired."),
};

/** A way to the service that can be broken; over HTTPS, since the SDK shows its token to nobody else. */
export function createAzureFaults(target: string) {
  return createHttpFaults(target, answers, {
    cert: readFileSync(emulatorUrl("SKYLOOM_TEST_AZURE_CERTIFICATE")),
    key: readFileSync(emulatorUrl("SKYLOOM_TEST_AZURE_KEY")),
  });
}

function xmlError(status: number, code: string, message: string): ErrorAnswer {
  return {
    status,
    headers: { "content-type": "application/xml", "x-ms-error-code": code },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
