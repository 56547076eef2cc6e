import type { Grant } from "../../cloud.ts";

/** Every grant of this cloud. */
export const notApplicable: Grant = {
  state: "not-applicable",
  reason: "processes of one user on one machine share that user's files; there are no identities to grant to",
};
