// Reads the clouds' own public prices into pricing/data: npm run prices:refresh -- --cloud aws --region us-east-1
import { join } from "node:path";
import { Command, Option } from "commander";
import { type PricedCloud, pricedClouds } from "../row-schema.ts";
import type { RowChange } from "./apply-prices.ts";
import { type Refreshed, refreshPrices } from "./refresh-prices.ts";

interface Options {
  cloud?: PricedCloud;
  region?: string[];
  base?: string;
  folder: string;
  dryRun: boolean;
}

const program = new Command("prices:refresh")
  .description("read the clouds' own public prices into pricing/data, and say what changed in each row")
  .addOption(new Option("--cloud <name>", "only this one").choices(pricedClouds))
  .addOption(new Option("--region <name...>", "only these regions; with --cloud"))
  .addOption(
    new Option("--base <address>", "of the price interface, instead of the cloud's own; with --cloud"),
  )
  .addOption(new Option("--folder <path>", "of the tables").default(join(import.meta.dirname, "..", "data")))
  .addOption(new Option("--dry-run", "tell what would change, and change nothing").default(false))
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(refresh);
await program.parseAsync();

async function refresh(options: Options): Promise<void> {
  const { cloud, region, base } = options;
  if (cloud === undefined && (region !== undefined || base !== undefined))
    program.error("--region and --base belong to one cloud: name it with --cloud");
  for (const each of cloud === undefined ? pricedClouds : [cloud]) await refreshOne(each, options);
}

/** One cloud that does not answer leaves the others their prices. */
async function refreshOne(cloud: PricedCloud, { region, base, folder, dryRun }: Options): Promise<void> {
  try {
    const refreshed = await refreshPrices({
      ...{ cloud, folder, dryRun, regions: region, base },
      apiKey: process.env.GOOGLE_API_KEY,
      today: new Date().toISOString().slice(0, 10),
      progress: (line) => process.stderr.write(`  ${line}\n`),
    });
    print(refreshed, dryRun);
  } catch (error) {
    process.stderr.write(`${cloud}: ${(error as Error).message}; its tables are as they were\n`);
    process.exitCode = 2;
  }
}

function print({ cloud, changes, skipped }: Refreshed, dryRun: boolean): void {
  if (skipped !== undefined) {
    process.stdout.write(`${cloud}: not read: ${skipped}\n`);
    return;
  }
  for (const each of changes.filter(({ change }) => change !== "confirmed"))
    process.stdout.write(`${each.row}: ${description(each)}\n`);
  const counts = (["changed", "new", "confirmed"] as const).map(
    (kind) => `${changes.filter(({ change }) => change === kind).length} ${kind}`,
  );
  process.stdout.write(`${cloud}: ${counts.join(", ")}${dryRun ? "; nothing was written" : ""}\n`);
}

function description({ change, before, after, large }: RowChange): string {
  if (change === "new") return `new, ${after}`;
  return `${before} → ${after}${large ? "  (more than twice or less than half: look at it)" : ""}`;
}
