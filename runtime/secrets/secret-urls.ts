import { z } from "zod";
import { parameter, type UrlForms } from "../back-end-url.ts";

const endpoint = parameter.endpoint.optional();

/**
 * Every back end that secrets may be in. A secret NAME is the file NAME of the folder, `PREFIX/NAME` at AWS, NAME at
 * Azure, `PREFIX-NAME` at Google. Credentials are never in the URL: each SDK finds them by itself.
 */
export const secretUrlForms = {
  "file:": {
    form: "file:///absolute/folder",
    place: /^(?<path>\/.*)$/s,
    parameters: z.object({}),
  },
  "awssecrets:": {
    form: "awssecrets://ACCOUNT/PREFIX[?region=REGION&endpoint=URL]",
    place: /^(?<account>\d{12})\/(?<prefix>(?=.{1,448}$)[A-Za-z0-9_+=.@-]+(\/[A-Za-z0-9_+=.@-]+)*)$/,
    parameters: z.object({ region: parameter.region.optional(), endpoint }),
  },
  "azkeyvault:": {
    form: "azkeyvault://VAULT[?endpoint=URL]",
    place: /^(?<vault>(?=.{3,24}$)[A-Za-z](-?[A-Za-z0-9])+)$/,
    parameters: z.object({ endpoint }),
  },
  "gcpsecrets:": {
    form: "gcpsecrets://PROJECT/PREFIX[?endpoint=URL]",
    place: /^(?<project>[a-z][a-z0-9:.-]{4,61}[a-z0-9])\/(?<prefix>[A-Za-z0-9_-]{1,191})$/,
    parameters: z.object({ endpoint }),
  },
} satisfies UrlForms;
