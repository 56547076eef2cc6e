import { emulatorUrl } from "./emulator.ts";

/** moto takes any; the SDK's default chain finds them here, as it does those of a deployment. */
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_REGION: "eu-west-1",
});

export const region = "eu-west-1";
/** The account that moto says is ours. */
export const account = "123456789012";
export const moto = () => emulatorUrl("SKYLOOM_TEST_MOTO");
