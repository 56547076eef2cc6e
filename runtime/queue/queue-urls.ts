import { z } from "zod";
import { parameter, type UrlForms } from "../back-end-url.ts";

const endpoint = parameter.endpoint.optional();
const deadLetters = (pattern: RegExp) => z.string().regex(pattern, "is no name of a queue there");

/**
 * Every back end that a queue may be in. `deadLetters` names the queue in the same account where messages go
 * that were delivered too often. At Pub/Sub a NAME is both a topic's and its subscription's. Credentials are never in
 * the URL: each SDK finds them by itself.
 */
export const queueUrlForms = {
  "sqlite:": {
    form: "sqlite:///absolute/file.db",
    place: /^(?<path>\/.*[^/])$/s,
    parameters: z.object({}),
  },
  "sqs:": {
    form: "sqs://ACCOUNT/NAME?deadLetters=NAME[&region=REGION&endpoint=URL]",
    place: /^(?<account>\d{12})\/(?<name>[A-Za-z0-9_-]{1,80})$/,
    parameters: z.object({
      deadLetters: deadLetters(/^[A-Za-z0-9_-]{1,80}$/),
      region: parameter.region.optional(),
      endpoint,
    }),
  },
  "azqueue:": {
    form: "azqueue://ACCOUNT/NAME?deadLetters=NAME[&endpoint=URL]",
    place: /^(?<account>[a-z0-9]{3,24})\/(?<name>[a-z0-9](-?[a-z0-9]){2,62})$/,
    parameters: z.object({ deadLetters: deadLetters(/^[a-z0-9](-?[a-z0-9]){2,62}$/), endpoint }),
  },
  "pubsub:": {
    form: "pubsub://PROJECT/NAME?deadLetters=NAME[&endpoint=URL&monitoringEndpoint=URL]",
    place: /^(?<project>[a-z][a-z0-9:.-]{4,61}[a-z0-9])\/(?<name>[A-Za-z][\w.~+%-]{2,254})$/,
    parameters: z.object({
      deadLetters: deadLetters(/^[A-Za-z][\w.~+%-]{2,254}$/),
      endpoint,
      monitoringEndpoint: endpoint,
    }),
  },
} satisfies UrlForms;
