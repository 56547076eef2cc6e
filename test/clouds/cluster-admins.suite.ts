import assert from "node:assert/strict";
import type { InventoryItem } from "../../simulator/cloud-editor.ts";
import { OfflineProject } from "./offline-project.ts";

const ENTRY = "aws:eks/accessEntry:AccessEntry";
const ROLE = "azure-native:authorization:RoleAssignment";
const OTHER_ROLE = "arn:aws:iam::123456789012:role/on-call";
const GROUP = "4ec04b0a-0000-4000-8000-000000000001";

/** Administrators of a stack's cluster, by their names in its cloud, with the ids of what lets them in. */
async function admins(project: OfflineProject, stack: string): Promise<Map<string, string>> {
  const isGrant = ({ type, urn = "" }: InventoryItem) =>
    type === ENTRY || (type === ROLE && /::(deployer-)?cluster-admin/.test(urn));
  return new Map(
    project
      .held(stack)
      .filter(isGrant)
      .map(({ type, id }) => {
        const { principalArn, principalId, principalType } = project.inputs(stack, type, id);
        const kind = { Group: "group", User: "user", ServicePrincipal: "servicePrincipal" }[
          principalType as "Group" | "User" | "ServicePrincipal"
        ];
        return [principalArn ?? `${kind}:${principalId}`, id];
      }),
  );
}

for (const [stack, other] of [
  ["dev-aws", OTHER_ROLE],
  ["dev-azure", `group:${GROUP}`],
] as const)
  describe(`administrators of ${stack}, offline`, function () {
    this.timeout(180_000);
    const project = new OfflineProject();
    let maker = "";
    let grant = "";
    after(() => project.remove());
    const up = async () => {
      const { exitCode, text } = await project.skyloom("up", stack);
      assert.equal(exitCode, 0, text);
      return await admins(project, stack);
    };

    it("are whoever brings the stack up first", async () => {
      const [[name, id] = ["", ""], ...more] = await up();
      assert.deepEqual(more, []);
      [maker, grant] = [name, id];
    });

    if (stack === "dev-aws")
      it("stay when somebody else runs the update", async () => {
        project.rewrite("stacks/Pulumi.dev-aws.yaml", (text) =>
          text.replace(
            "config:\n",
            `config:\n  aws:assumeRoles: '[{"roleArn":"${OTHER_ROLE}","sessionName":"deputy"}]'\n`,
          ),
        );
        assert.deepEqual([...(await up())], [[maker, grant]]);
        project.rewrite("stacks/Pulumi.dev-aws.yaml", (text) => text.replace(/ {2}aws:assumeRoles.*\n/, ""));
      });

    it("may be named later, the maker among them, who is never locked out", async () => {
      project.configure(stack, "clusterAdmins", () => [other, maker]);
      const named = await up();
      assert.deepEqual([...named.keys()].toSorted(), [maker, other].toSorted());
      assert.equal(named.get(maker), grant, "the same grant");
    });

    it("go one by one", async () => {
      const before = await admins(project, stack);
      project.configure(stack, "clusterAdmins", () => [other]);
      assert.deepEqual([...(await up())], [[other, before.get(other)]]);
    });
  });
