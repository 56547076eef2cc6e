import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckFailure } from "../check/validate.ts";
import type { Diff } from "./planner.ts";

const { Kind } = proto.PropertyDiff;
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

export function diffResponse(diff: Diff): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(diff.changes.size > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDeletebeforereplace(diff.deleteBeforeReplace);
  for (const [path, change] of diff.changes) {
    const property = new proto.PropertyDiff();
    property.setKind(KINDS[change.kind][change.replaces ? 1 : 0]);
    response.getDetaileddiffMap().set(path, property);
  }
  const all = [...diff.changes];
  response.setDiffsList(topLevel(all.map(([path]) => path)));
  response.setReplacesList(topLevel(all.filter(([, change]) => change.replaces).map(([path]) => path)));
  return response;
}

/** `spec.replicas` → `spec`: the engine's short listing names properties of the resource itself. */
function topLevel(paths: string[]): string[] {
  return [...new Set(paths.map((path) => path.split(/[.[]/)[0] ?? path))];
}

export function failureList(list: CheckFailure[]): proto.CheckFailure[] {
  return list.map(({ property, reason }) => {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}
