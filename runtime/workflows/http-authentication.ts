import { z } from "zod";
import { closedObject } from "./schema-parts.ts";
import { readTaskSecrets, secretName } from "./task-secrets.ts";
import type { TaskContext } from "./task-type.ts";

/**
 * How a call says who makes it: `{bearer: SECRET}`, `{basic: {user, password: SECRET}}` or `{header: {name, secret: SECRET}}`,
 * the value of the header being the secret as it is.
 */
export const httpAuthentication = closedObject({
  bearer: secretName.optional(),
  basic: closedObject({
    user: z.string().regex(/^[^:]*$/, "must not hold a colon"),
    password: secretName,
  }).optional(),
  header: closedObject({
    name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "must be the name of a header"),
    secret: secretName,
  }).optional(),
}).refine(
  (value) => Object.values(value).filter((each) => each !== undefined).length === 1,
  "must hold one of bearer, basic, header",
);

export interface ReadAuthentication {
  headers: Record<string, string>;
  /** What must be masked wherever it may be told: the values, and the forms in which they are sent. */
  secrets: string[];
}

/** @throws what readTaskSecrets throws */
export async function readAuthentication(
  auth: z.infer<typeof httpAuthentication> | undefined,
  context: Pick<TaskContext, "secrets" | "task">,
): Promise<ReadAuthentication> {
  if (auth?.bearer !== undefined) {
    const { token } = await readTaskSecrets({ token: auth.bearer }, context);
    return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
  }
  if (auth?.basic !== undefined) {
    const { password } = await readTaskSecrets({ password: auth.basic.password }, context);
    const encoded = Buffer.from(`${auth.basic.user}:${password}`).toString("base64");
    return { headers: { authorization: `Basic ${encoded}` }, secrets: [password, encoded] };
  }
  if (auth?.header !== undefined) {
    const { value } = await readTaskSecrets({ value: auth.header.secret }, context);
    return { headers: { [auth.header.name.toLowerCase()]: value }, secrets: [value] };
  }
  return { headers: {}, secrets: [] };
}
