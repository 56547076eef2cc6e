import { describeCloudContract } from "../contracts/cloud/cloud.ts";
import { existingFixture } from "./existing-fixture.ts";

describeCloudContract(existingFixture);
