import { join } from "node:path";
import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { closedObject, text } from "../../workflows/schema-parts.ts";
import { dataFormats, formatOf } from "../data-format.ts";
import type { CollectedData, SourceContext } from "./data-source.ts";
import { byteBudget, writeWithin } from "./write-file.ts";

export const httpSource = closedObject({
  url: z.string().regex(/^https?:\/\//, "must begin with http:// or https://"),
  headers: z.record(z.string(), text).default({}),
  /** Default: by how the path of the URL ends. */
  format: z.enum(dataFormats).optional(),
});

/**
 * @param authentication headers that say who asks
 * @throws ApiError `http-status` (422, or 502 where it may be another time), `unknown-format`, `data-too-large` (422), and
 * what Outbound throws
 */
export async function collectFromHttp(
  { url, headers, format }: z.infer<typeof httpSource>,
  { outbound, folder, maximumBytes, signal }: SourceContext,
  authentication: Record<string, string> = {},
): Promise<CollectedData> {
  const known = format ?? formatOf(new URL(url).pathname);
  const answer = await outbound.send({ url, headers: { ...headers, ...authentication }, signal });
  if (answer.status !== 200) {
    answer.body.destroy();
    const { origin, pathname } = new URL(answer.url);
    const isForLater = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    throw new ApiError(`GET ${origin}${pathname} answered ${answer.status}, not 200`, {
      status: isForLater ? 502 : 422,
      code: "http-status",
    });
  }
  const file = join(folder, `0.${known}`);
  await writeWithin(answer.body, file, byteBudget(maximumBytes), signal);
  return { files: [file], format: known };
}
