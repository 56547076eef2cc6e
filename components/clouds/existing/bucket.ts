import { output } from "@pulumi/pulumi";
import { parseUrl } from "../../../runtime/back-end-url.ts";
import { bucketUrlForms } from "../../../runtime/object-store/bucket-urls.ts";
import type { Bucket } from "../../cloud.ts";
import { notApplicable } from "./grants.ts";
import type { ExistingSettings } from "./settings.ts";

/** The bucket that is there. */
export function describeBucket({ bucket }: ExistingSettings): Bucket {
  const result = parseUrl(bucket, bucketUrlForms);
  if ("problems" in result || result.parsed.protocol !== "s3:") throw new Error(`unchecked bucket ${bucket}`);
  const { place, parameters } = result.parsed;
  const { region = "us-east-1", endpoint, forcePathStyle = false } = parameters;
  const prefix = "RESTATE_WORKER__SNAPSHOTS__AWS";
  return {
    url: output(bucket),
    grantRead: () => notApplicable,
    grantReadWrite: () => notApplicable,
    snapshots: {
      destination: output(`s3://${place.bucket}`),
      environment: {
        [`${prefix}_REGION`]: region,
        ...(endpoint !== undefined && { [`${prefix}_ENDPOINT_URL`]: endpoint }),
        ...(endpoint?.startsWith("http:") && { [`${prefix}_ALLOW_HTTP`]: "true" }),
        ...(forcePathStyle && { [`${prefix}_FORCE_PATH_STYLE`]: "true" }),
      },
    },
  };
}
