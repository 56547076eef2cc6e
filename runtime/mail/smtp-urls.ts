import { z } from "zod";
import type { UrlForm, UrlForms } from "../back-end-url.ts";
import { secretNamePattern, secretNameRule } from "../secrets/secret-rules.ts";

const place = /^(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:(?<port>\d{1,5}))?$/;

const parameters = {
  from: z.string().regex(/^[^\s<>@]+@[^\s<>@]+$/, "must be an e-mail address: the sender of all mail"),
  user: z.string().min(1).optional(),
  /** The password's secret; with a user. */
  secret: z
    .string()
    .regex(secretNamePattern, `must be the name of a secret, which ${secretNameRule}`)
    .optional(),
};

/** Where mail is handed over. A password is never in the URL: `secret` names it in SKYLOOM_SECRETS. */
export const smtpUrlForms = {
  "smtp:": {
    form: "smtp://HOST[:PORT]?from=ADDRESS[&user=USER&secret=NAME][&tls=none]",
    place,
    // STARTTLS is required unless a relay in the same network does without.
    parameters: z.object({ ...parameters, tls: z.enum(["required", "none"]).default("required") }),
  },
  "smtps:": {
    form: "smtps://HOST[:PORT]?from=ADDRESS[&user=USER&secret=NAME]",
    place,
    parameters: z.object(parameters),
  },
} satisfies UrlForms satisfies Record<string, UrlForm>;
