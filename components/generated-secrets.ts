import { CustomResource, type CustomResourceOptions, type Output } from "@pulumi/pulumi";

/** skyloom:index:RandomSecret: 256 random bits, made once; `value` is their base64url. */
export class RandomSecret extends CustomResource {
  declare readonly value: Output<string>;

  constructor(name: string, options: CustomResourceOptions = {}) {
    super("skyloom:index:RandomSecret", name, { value: undefined }, asSecret(options, "value"));
  }
}

/** skyloom:index:SigningKey: an Ed25519 key pair, made once, by which Restate signs what it asks of its services. */
export class SigningKey extends CustomResource {
  /** PKCS #8 as PEM, a secret. */
  declare readonly privateKeyPem: Output<string>;
  /** In Restate's own form: `publickeyv1_` and the key in base58. */
  declare readonly publicKey: Output<string>;

  constructor(name: string, options: CustomResourceOptions = {}) {
    const outputs = { privateKeyPem: undefined, publicKey: undefined };
    super("skyloom:index:SigningKey", name, outputs, asSecret(options, "privateKeyPem"));
  }
}

function asSecret(options: CustomResourceOptions, output: string): CustomResourceOptions {
  return { ...options, additionalSecretOutputs: [output] };
}
