/**
 * Raised by one whenever the order or the kind of what a run writes to its journal changes (run-execution.ts,
 * run-attempts.ts, task-kinds/), or what those entries hold changes so that the code before cannot read it.
 *
 * Each version is a deployment of its own with Restate, since it is a part of the address under which a replica is
 * registered (`…/journal-N`): Restate leaves a run with the deployment on which it began and gives new runs to the one
 * that was registered last. A replica answers calls of its own version only, so none replays a journal that it cannot
 * read. A release that raises it is done thus:
 *
 * 1. start replicas of the new release beside those of the old one, reached by Restate under an address of their own or
 *    under the same one (SKYLOOM_WORKFLOW_URL): a call that arrives at a replica of the other version is refused and
 *    asked again until it arrives at the right one;
 * 2. new runs go to the new release as soon as one of its replicas has registered itself;
 * 3. stop the replicas of the old release once no run is left on it. `GET /deployments` of Restate's admin API lists the
 *    deployments, and its `POST /query` with
 *    `select count(*) from sys_invocation where status <> 'completed' and pinned_deployment_id = '…'` counts what is left.
 *
 * A release that leaves it as it is replaces replicas in any order: runs go on with the new code. A replica of an older
 * version that starts later does not take new runs over from a newer one; to go back to it, delete the newer deployment
 * (`DELETE /deployments/ID?force=true`) after its runs have ended.
 */
export const journalVersion = 5;

/** The path under which replicas of this version are called. */
export const journalPath = `/journal-${journalVersion}`;

/** Of the address of a deployment; undefined where it is none of a runtime. */
export function journalVersionOf(uri: string): number | undefined {
  const version = /\/journal-(\d+)\/?$/.exec(uri)?.[1];
  return version === undefined ? undefined : Number(version);
}
