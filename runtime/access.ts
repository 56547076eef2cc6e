import { createHash, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { isLoopback } from "./config.ts";
import { ApiError } from "./errors.ts";

/**
 * Who may call. With a token: whoever presents it as `Authorization: Bearer`. Without one the server listens on
 * loopback, where a web page in the user's own browser could still reach it: such requests carry a foreign
 * `Origin`, or (DNS rebinding) a foreign `Host`, and are refused.
 */
export function requireAccess(token: string | undefined): RequestHandler {
  // The next request mostly comes as the one before, and to look at it takes as long as to parse a small one.
  let allowed: { host: string | undefined; origin: string | undefined } | undefined;
  return (request, _response, next) => {
    const { host, origin } = request.headers;
    const isAsBefore =
      token === undefined && allowed !== undefined && allowed.host === host && allowed.origin === origin;
    if (!isAsBefore) {
      if (token !== undefined) checkToken(request, token);
      else checkSameMachine(request);
      allowed = { host, origin };
    }
    next();
  };
}

function checkToken(request: Request, token: string): void {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined || !timingSafeEqual(digest(given), digest(token)))
    throw new ApiError("a valid token is required: send the header Authorization: Bearer TOKEN", {
      status: 401,
      code: "unauthorized",
    });
}

function checkSameMachine(request: Request): void {
  const { host, origin } = request.headers;
  if (!isLoopback(hostName(`http://${host}`)))
    throw new ApiError(`the Host header names ${host}; without a token only loopback names are served`, {
      status: 403,
      code: "foreign-host",
    });
  if (origin !== undefined && !isLoopback(hostName(origin)))
    throw new ApiError(`requests from web pages of ${origin} are not served`, {
      status: 403,
      code: "foreign-origin",
    });
}

function hostName(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : "";
}

/** Equal lengths, as timingSafeEqual wants. */
function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
