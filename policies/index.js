// Plain JavaScript: for a TypeScript entry Pulumi starts ts-node, which is slow and refuses imports that end in .ts.
import "./pack.ts";
