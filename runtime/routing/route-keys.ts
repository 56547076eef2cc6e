/*
 * Where routes are in the bucket. One listing of `routes/` tells what changed: documents and what bandits learnt.
 * Rewards are elsewhere, since there are many.
 */

export const routesPrefix = "routes/";
export const routeKey = (name: string) => `${routesPrefix}${name}.json`;
export const stateKey = (name: string) => `${routesPrefix}${name}/state.json`;
/** Empty objects, one for each decision that got its reward; the ids ascend with time. */
export const rewardsPrefix = (name: string) => `route-rewards/${name}/`;
/** Decisions by the ids that clients gave their requests, written by each replica. */
export const decisionsPrefix = "route-decisions/";
/** Signs decisions; shared by all replicas, which share the bucket. */
export const signingKey = "route-signing-key.json";
