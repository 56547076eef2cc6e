// Inputs {control, action}: carries an action out on the server. Outputs {action, cured, minute}.
import { call, runTask, taskKey } from "./task.mjs";

await runTask(({ control, action }) => call(control, "POST", `/actions/${action}`, { key: taskKey() }));
