import type { Call, Fault, Operation } from "./faults.ts";
import type { ErrorKind } from "./provider-error.ts";
import type { ResourceContext } from "./session.ts";
import { regionOf } from "./session.ts";

type Kind = NonNullable<Fault["kind"]>;
/** What a message may name. `verb` is the operation as the provider words it. */
interface Facts {
  what: string;
  name: string;
  region: string;
  action: string;
  verb: string;
}
type Messages = { [kind in Kind]: (facts: Facts) => string };

const VERBS: { [operation in Operation]: string } = {
  configure: "configuring",
  create: "creating",
  read: "reading",
  update: "updating",
  delete: "deleting",
  invoke: "reading",
};

const REQUEST = "RequestID: 00000000-0000-4000-8000-000000000000";

const aws: Messages = {
  quota: (f) =>
    `${f.verb} ${f.what} (${f.name}): operation error ${f.action}, https response error StatusCode: 400, ${REQUEST}, api error VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
  timeout: (f) =>
    `waiting for ${f.what} (${f.name}) ${f.verb.replace(/ing$/, "e")}: timeout while waiting for state to become 'ACTIVE' (last state: 'CREATING', timeout: 30m0s)`,
  conflict: (f) =>
    `${f.verb} ${f.what} (${f.name}): operation error ${f.action}, https response error StatusCode: 409, ${REQUEST}, ResourceInUseException: ${f.what} already exists with name: ${f.name}`,
  throttling: (f) =>
    `${f.verb} ${f.what} (${f.name}): operation error ${f.action}, exceeded maximum number of attempts, 25, https response error StatusCode: 429, ${REQUEST}, api error ThrottlingException: Rate exceeded`,
  "half-created": (f) =>
    `waiting for ${f.what} (${f.name}) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: 1 error occurred: * ${f.name}: NodeCreationFailure: Instances failed to join the kubernetes cluster`,
  "expired-login": () =>
    `operation error STS: GetCallerIdentity, https response error StatusCode: 403, ${REQUEST}, api error ExpiredToken: The security token included in the request is expired`,
  "not-found": (f) =>
    `${f.verb} ${f.what} (${f.name}): operation error ${f.action}, https response error StatusCode: 404, ${REQUEST}, ResourceNotFoundException: No ${f.what} found for name: ${f.name}.`,
};

const azure: Messages = {
  quota: (f) =>
    `Code="ErrCode_InsufficientVCPUQuota" Message="Insufficient vcpu quota requested 24, remaining 0 for family StandardNCADSA100v4Family for region ${f.region}. Please refer to https://learn.microsoft.com/en-us/azure/quotas/view-quotas to request more quota."`,
  timeout: (f) =>
    `Future#WaitForCompletion: context has been cancelled: StatusCode=200 -- Original Error: context deadline exceeded while ${f.verb} ${f.what} '${f.name}'`,
  conflict: (f) =>
    `Status=409 Code="OperationNotAllowed" Message="Another operation (Updating) is in progress on ${f.what} '${f.name}', please wait for it to finish before starting a new operation."`,
  throttling: (f) =>
    `StatusCode=429 -- Original Error: Code="TooManyRequests" Message="The request for ${f.what} '${f.name}' was throttled. Please try again after '60' seconds."`,
  "half-created": (f) =>
    `Code="ProvisioningState/Failed" Message="The resource write operation of ${f.what} '${f.name}' failed to complete successfully, because it reached terminal provisioning state 'Failed'."`,
  "expired-login": () =>
    `AzureCLICredential: ERROR: AADSTS700082: The refresh token has expired due to inactivity. Interactive authentication is needed. Please run: az login`,
  "not-found": (f) =>
    `Status=404 Code="ResourceNotFound" Message="The Resource '${f.what}/${f.name}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"`,
};

const gcp: Messages = {
  quota: (f) =>
    `Error waiting for ${f.verb} ${f.what}: googleapi: Error 403: Insufficient regional quota to satisfy request: resource "NVIDIA_A100_GPUS": request requires '1.0' and is short '1.0'. project has a quota of '0.0' with '0.0' available (${f.region}). View and manage quotas at https://console.cloud.google.com/iam-admin/quotas?usage=USED, forbidden`,
  timeout: (f) =>
    `Error waiting for ${f.verb} ${f.what}: timeout while waiting for state to become 'DONE' (last state: 'RUNNING', timeout: 30m0s)`,
  conflict: (f) =>
    `Error ${f.verb} ${f.what}: googleapi: Error 409: Already exists: ${f.name}., alreadyExists`,
  throttling: (f) =>
    `Error ${f.verb} ${f.what}: googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service for consumer 'project_number:123456789012'., rateLimitExceeded`,
  "half-created": (f) =>
    `Error waiting for creating ${f.what}: All cluster resources were brought up, but: only 0 nodes out of 1 have registered; ${f.name} is in state ERROR`,
  "expired-login": () =>
    `oauth2: "invalid_grant" "reauth related error (invalid_rapt)" "https://support.google.com/a/answer/9368756"; run gcloud auth application-default login`,
  "not-found": (f) => `googleapi: Error 404: Not found: ${f.what} ${f.name}., notFound`,
};

const kubernetes: Messages = {
  quota: (f) =>
    `${f.what} "${f.name}" is forbidden: exceeded quota: skyloom, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=4, limited: requests.nvidia.com/gpu=4`,
  timeout: (f) =>
    `${f.what} "${f.name}" timed out waiting to be Ready: 'Minimum replicas available' was not reached within 10m0s`,
  conflict: (f) =>
    `Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: the object ${f.what} "${f.name}" has been modified`,
  throttling: () =>
    `client rate limiter Wait returned an error: rate: Wait(n=1) would exceed context deadline`,
  "half-created": (f) =>
    `the Kubernetes API server reported that "${f.name}" failed to fully initialize or become live: 0/1 replicas of ${f.what} are ready: ImagePullBackOff`,
  "expired-login": () => `the server has asked for the client to provide credentials (Unauthorized)`,
  "not-found": (f) => `${f.what} "${f.name}" not found`,
};

const dockerBuild: Messages = {
  ...kubernetes,
  quota: () => `toomanyrequests: You have reached your pull rate limit`,
  timeout: () => `failed to solve: DeadlineExceeded: context deadline exceeded`,
  "expired-login": () => `failed to push: unexpected status from HEAD request: 401 Unauthorized`,
  "half-created": () => `failed to push: unexpected status from PUT request: 500 Internal Server Error`,
};

const MESSAGES: { [provider in Call["provider"]]: Messages } = {
  aws,
  "azure-native": azure,
  gcp,
  kubernetes,
  "docker-build": dockerBuild,
};

const KINDS: { [kind in Kind]: ErrorKind } = {
  quota: "quota",
  timeout: "timeout",
  conflict: "conflict",
  throttling: "throttling",
  "half-created": "failed",
  "expired-login": "expired-login",
  "not-found": "not-found",
};

/** The error text of a fault, worded as the cloud's provider words it. */
export function faultMessage(
  kind: Kind,
  call: Call,
  context?: ResourceContext,
): { kind: ErrorKind; message: string } {
  const [, module = "", type = ""] = call.type.split(":");
  const service = (module.split("/")[0] ?? "").toUpperCase();
  const facts: Facts = {
    what: call.provider === "aws" ? `${service} ${type}` : type,
    name: call.name,
    region: context === undefined ? "" : regionOf(context),
    action: `${service}: ${call.operation[0]?.toUpperCase()}${call.operation.slice(1)}${type}`,
    verb: VERBS[call.operation],
  };
  return { kind: KINDS[kind], message: MESSAGES[call.provider][kind](facts) };
}
