import type { Grant } from "../../cloud.ts";
import { capabilities } from "./capabilities.ts";

const { workloadIdentity } = capabilities;

/** Whoever has the keys may do what their owner allowed them. */
export const notApplicable: Grant = {
  state: "not-applicable",
  reason: workloadIdentity.supported ? "" : workloadIdentity.reason,
};
