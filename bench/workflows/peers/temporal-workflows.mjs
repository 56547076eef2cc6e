// The workflows of peers/temporal.mjs, which Temporal's worker bundles: layers of activities that do nothing.
import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";

const limits = { startToCloseTimeout: "1 minute" };
const activities = proxyActivities(limits);
const localActivities = proxyLocalActivities(limits);

export const layered = (layers) => carryOut(layers, activities.nothing);
export const layeredLocally = (layers) => carryOut(layers, localActivities.nothing);

async function carryOut(layers, nothing) {
  for (const count of layers) await Promise.all(Array.from({ length: count }, () => nothing()));
}
