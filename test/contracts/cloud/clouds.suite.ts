import { awsFixture } from "./aws-fixture.ts";
import { azureFixture } from "./azure-fixture.ts";
import { describeCloudContract } from "./cloud.ts";
import { gcpFixture } from "./gcp-fixture.ts";
import { localFixture } from "./local-fixture.ts";

for (const fixture of [awsFixture, azureFixture, gcpFixture, localFixture]) describeCloudContract(fixture);
