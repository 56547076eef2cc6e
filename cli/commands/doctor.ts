import { type Command, Option } from "commander";
import { doctor } from "../../scripts/doctor.mjs";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("what is there, what is missing and how to get it")
    .addOption(new Option("--json", "print one JSON document on standard output").default(false))
    .action((options: { json: boolean }) => {
      process.exitCode = doctor(options.json);
    });
}
