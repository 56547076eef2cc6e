import type { ResourceTransform } from "@pulumi/pulumi";

/**
 * The escape hatch: sees every resource of a cloud before it is registered, and may change its inputs and options.
 * Return `{props, opts}` for a changed one, undefined to leave it as it is. For example:
 *
 *     ({ type, props, opts }) =>
 *       type === "aws:sqs/queue:Queue" ? { props: { ...props, messageRetentionSeconds: 86_400 }, opts } : undefined
 */
export const transform: ResourceTransform | undefined = undefined;
