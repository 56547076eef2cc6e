/** Types that bill nothing by themselves; what they configure is billed where it is. */
const free = [
  /^aws:(iam|budgets|vpc|resourcegroups|ram|servicequotas)\//,
  /^aws:autoscaling\/(?!group:)/,
  /^aws:cloudwatch\/(logStream|logResourcePolicy|logSubscriptionFilter|eventRule|eventTarget|logMetricFilter):/,
  /^aws:ec2\/(default\w+|eipAssociation|flowLog|internetGateway|egressOnlyInternetGateway|keyPair|launchTemplate):/,
  /^aws:ec2\/(mainRouteTableAssociation|networkAcl\w*|networkInterface\w*|placementGroup|route|routeTable\w*):/,
  /^aws:ec2\/(securityGroup\w*|subnet|tag|volumeAttachment|vpc|vpcDhcpOptions\w*|vpcEndpoint[A-Z]\w*):/,
  /^aws:ecr\/(?!repository:)/,
  /^aws:eks\/(accessEntry|accessPolicyAssociation|addon|identityProviderConfig|podIdentityAssociation):/,
  /^aws:kms\/(alias|grant|keyPolicy):/,
  /^aws:(lb|alb)\/(listener\w*|targetGroup\w*):/,
  /^aws:route53\/(record|zoneAssociation):/,
  /^aws:s3\/(bucket[A-Z]\w*|accountPublicAccessBlock|accessPoint):/,
  /^aws:secretsmanager\/(secretPolicy|secretVersion|secretRotation):/,
  /^aws:sqs\/(queuePolicy|redrivePolicy|redriveAllowPolicy):/,
];

export function isFree(type: string): boolean {
  return free.some((pattern) => pattern.test(type));
}
