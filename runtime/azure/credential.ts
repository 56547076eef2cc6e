import { DefaultAzureCredential, type TokenCredential, WorkloadIdentityCredential } from "@azure/identity";

/** Microsoft's own, one for each of its clouds; a list of them is asked whether an authority is genuine. */
const microsoftAuthorities = [
  "login.microsoftonline.com",
  "login.microsoftonline.us",
  "login.chinacloudapi.cn",
  "login.partner.microsoftonline.cn",
];

const credentials = new Map<string, TokenCredential>();

/**
 * Who this process is: the workload identity that its pod was given, else what Azure's SDK finds on a desk, e.g. the
 * login of the command line. Never an account key. One for all clients, since each caches its own tokens.
 */
export function azureCredential(
  environment: Record<string, string | undefined> = process.env,
): TokenCredential {
  const { AZURE_AUTHORITY_HOST: authority, AZURE_FEDERATED_TOKEN_FILE: tokenFile } = environment;
  const name = `${authority} ${tokenFile}`;
  let credential = credentials.get(name);
  if (credential === undefined) {
    const options = {
      // The operator has named it: a list on the internet knows nothing of an authority outside Microsoft's clouds.
      disableInstanceDiscovery:
        authority !== undefined && !microsoftAuthorities.includes(new URL(authority).hostname),
    };
    credential = tokenFile
      ? new WorkloadIdentityCredential({ ...options, tokenFilePath: tokenFile })
      : new DefaultAzureCredential(options);
    credentials.set(name, credential);
  }
  return credential;
}
