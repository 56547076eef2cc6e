import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { finalError, passingError } from "../container-errors.ts";
import { type DockerApi, DockerError } from "./docker-api.ts";
import { jsonLines } from "./json-lines.ts";

interface PullLine {
  status?: string;
  /** Of a layer. */
  id?: string;
  progressDetail?: { current?: number };
  error?: string;
}

const missing = /not found|manifest unknown|does not exist|access denied|unauthorized/i;

/**
 * Makes an image known to the engine, with its progress in the log; nothing to do where it is there.
 * @throws ApiError `invalid-image`, `image-not-found` (422), `containers-unavailable` (503)
 */
export async function pullImage(
  api: DockerApi,
  image: string,
  { log, signal }: { log(text: string): void; signal: AbortSignal },
): Promise<void> {
  try {
    await api.json("GET", `/images/${encodeURIComponent(image)}/json`, { signal });
    return;
  } catch (error) {
    if (!(error instanceof DockerError) || error.status !== 404) throw pullError(image, error);
  }
  log(`waiting: image ${image} is being pulled\n`);
  const hasTag = image.includes("@") || /:[^/]+$/.test(image);
  const query = { fromImage: image, ...(!hasTag && { tag: "latest" }) };
  try {
    const headers = await login(image);
    for await (const line of jsonLines<PullLine>(
      await api.stream("POST", "/images/create", { query, headers, signal }),
    )) {
      if (line.error !== undefined) throw new DockerError(line.error, undefined);
      // What moves is told by nothing but its beginning and its end.
      if (line.progressDetail?.current === undefined && line.status !== undefined)
        log(`${line.id === undefined ? "" : `${line.id}: `}${line.status}\n`);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw pullError(image, error);
  }
}

function pullError(image: string, error: unknown): Error {
  if (!(error instanceof DockerError)) return error as Error;
  const message = `image ${image}: ${error.message}`;
  if (error.status === 400) return finalError("invalid-image", message, error);
  return error.status === 404 || missing.test(error.message)
    ? finalError("image-not-found", message, error)
    : passingError("containers-unavailable", message, error);
}

/** What `docker login` wrote down for the image's registry, where it keeps it in its file. */
async function login(image: string): Promise<Record<string, string>> {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => "{}");
  const { auths = {} } = JSON.parse(text) as { auths?: Record<string, { auth?: string }> };
  const [first = ""] = image.split("/");
  const isRegistry = image.includes("/") && /[.:]|^localhost$/.test(first);
  const registry = isRegistry ? first : "https://index.docker.io/v1/";
  const auth = auths[registry]?.auth;
  if (auth === undefined) return {};
  const [username = "", ...password] = Buffer.from(auth, "base64").toString().split(":");
  const value = JSON.stringify({ username, password: password.join(":"), serveraddress: registry });
  return { "x-registry-auth": Buffer.from(value).toString("base64url") };
}
