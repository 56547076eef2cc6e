import express, { type RequestHandler } from "express";

/**
 * Reads a JSON body whatever its Content-Type: curl and some clients send another one or none. A page in a browser, which
 * could send such a request unasked, is told by its Origin (access.ts).
 * @param limit bytes, or text such as "1mb"
 */
export function jsonBody(limit: number | string): RequestHandler {
  return express.json({ limit, type: () => true });
}
