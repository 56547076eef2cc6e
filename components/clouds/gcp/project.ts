import { getProject } from "@pulumi/gcp/organizations/getProject.js";
import { Config } from "@pulumi/pulumi";

export interface GcpProject {
  id: string;
  /** Google's own number of it, as text. */
  number: string;
  /** Undefined: the project has none, or the login may not see it. */
  billingAccount: string | undefined;
}

/** Where the provider looks for the project too, in its order (@pulumi/gcp, config/vars). */
const variables = ["GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"];

/** @returns the project, or what is wrong with it or with the login. */
export async function readProject(
  environment: Record<string, string | undefined> = process.env,
): Promise<GcpProject | string> {
  const id =
    new Config("gcp").get("project") ?? variables.map((name) => environment[name]).find((value) => value);
  if (id === undefined)
    return `gcp:project: is not set; set the project's id with pulumi config set gcp:project ID, or in ${variables[0]}`;
  if (!/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id))
    return `gcp:project: must be a project's id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter, not "${id}"`;
  try {
    const { number, billingAccount } = await getProject({ projectId: id });
    return { id, number, billingAccount: billingAccount || undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `gcp:project: ${id} cannot be read: ${reason}. Log in with gcloud auth application-default login, check the id and your roles, and enable cloudresourcemanager.googleapis.com and serviceusage.googleapis.com in it`;
  }
}
