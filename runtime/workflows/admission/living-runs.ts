import { runServiceName } from "../run-state.ts";

const requestMilliseconds = 10_000;

/** Those of the keys whose Restate workflow has not ended, as Restate's admin API tells. @throws where it does not */
export async function livingRuns(admin: string, keys: string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const list = keys.map((key) => `'${key.replaceAll("'", "''")}'`).join(", ");
  const query = `select target_service_key from sys_invocation where target_service_name = '${runServiceName}' and target_handler_name = 'run' and status <> 'completed' and target_service_key in (${list})`;
  const response = await fetch(new URL("/query", admin), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(requestMilliseconds),
  });
  if (!response.ok) throw new Error(`Restate's admin API answered ${response.status}`);
  const { rows } = (await response.json()) as { rows: { target_service_key: string }[] };
  return rows.map((row) => row.target_service_key);
}
