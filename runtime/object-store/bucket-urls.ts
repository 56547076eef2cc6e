import { z } from "zod";
import { parameter, type UrlForms } from "../back-end-url.ts";

const endpoint = parameter.endpoint.optional();

/** Every back end that a bucket may be in. Credentials are never in the URL: each SDK finds them by itself. */
export const bucketUrlForms = {
  "file:": {
    form: "file:///absolute/folder",
    place: /^(?<path>\/.*)$/s,
    parameters: z.object({}),
  },
  "s3:": {
    form: "s3://BUCKET[?region=REGION&endpoint=URL&forcePathStyle=true]",
    place: /^(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/,
    parameters: z.object({
      region: parameter.region.optional(),
      endpoint,
      forcePathStyle: parameter.flag.optional(),
    }),
  },
  "azblob:": {
    form: "azblob://ACCOUNT/CONTAINER[?endpoint=URL]",
    place: /^(?<account>[a-z0-9]{3,24})\/(?<container>[a-z0-9](-?[a-z0-9]){2,62})$/,
    parameters: z.object({ endpoint }),
  },
  "gs:": {
    form: "gs://BUCKET[?endpoint=URL]",
    place: /^(?<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])$/,
    parameters: z.object({ endpoint }),
  },
} satisfies UrlForms;
