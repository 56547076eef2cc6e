import { PolicyPack } from "@pulumi/policy";

const queueType = "aws:sqs/queue:Queue";

new PolicyPack("fixture", {
  policies: [
    {
      name: "queue-encrypted",
      description: "A queue is encrypted.",
      enforcementLevel: "mandatory",
      severity: "high",
      remediationSteps: "Set sqsManagedSseEnabled to true; fixture:queues names the queues.",
      framework: { name: "Fixture benchmark", version: "1.0", reference: "4.2" },
      validateResource({ type, name, props }, reportViolation) {
        if (name === "breaks") throw new TypeError("the rule's own mistake");
        if (type !== queueType || props.sqsManagedSseEnabled) return;
        if (name !== "open-waived") return reportViolation("sqsManagedSseEnabled is false");
        reportViolation({
          message:
            "A queue is encrypted.\nwaived until 2999-12-31 by us: moves next year\nsqsManagedSseEnabled is false",
          enforcementLevel: "advisory",
        });
      },
    },
    {
      name: "queue-policy-url",
      description: "A queue's policy is for a queue of this account.",
      enforcementLevel: "mandatory",
      validateResource({ type, props }, reportViolation) {
        if (type === "aws:sqs/queuePolicy:QueuePolicy" && !props.queueUrl.includes("/"))
          reportViolation("queueUrl is of another account");
      },
    },
    {
      name: "queue-tagged",
      description: "A queue has tags.",
      enforcementLevel: "remediate",
      remediateResource({ type, props }) {
        if (type !== queueType || props.tags) return undefined;
        props.tags = { owner: "pack" };
        return props;
      },
      validateResource({ type, props }, reportViolation) {
        if (type === queueType && props.tags?.owner !== "pack") reportViolation("there are no tags");
      },
    },
    {
      name: "queue-retention",
      description: "A queue keeps messages long enough.",
      enforcementLevel: "advisory",
      severity: "low",
      configSchema: { properties: { minimumSeconds: { type: "number", default: 60, minimum: 60 } } },
      validateResource({ type, props, getConfig }, reportViolation) {
        const { minimumSeconds } = getConfig();
        if (type === queueType && props.messageRetentionSeconds < minimumSeconds)
          reportViolation(`messageRetentionSeconds is below ${minimumSeconds}`);
      },
    },
    {
      name: "queue-has-policy",
      description: "Each queue has a policy.",
      enforcementLevel: "mandatory",
      severity: "medium",
      validateStack({ resources }, reportViolation) {
        const policies = resources.filter(({ type }) => type === "aws:sqs/queuePolicy:QueuePolicy");
        const covered = policies.flatMap(({ propertyDependencies }) =>
          (propertyDependencies.queueUrl ?? []).map(({ urn }) => urn),
        );
        for (const { type, urn, parent } of resources)
          if (type === queueType && !covered.includes(urn))
            reportViolation(`no policy; its parent is ${parent?.type}`, urn);
      },
    },
  ],
});
