/** The resource type of a process of the local cloud. */
export const processType = "skyloom:local:Process";
