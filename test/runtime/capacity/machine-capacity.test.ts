import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMachineCapacity } from "../../../runtime/capacity/machine-capacity.ts";
import { nvidiaGpus } from "../../../runtime/capacity/nvidia-gpus.ts";
import { temporaryFolder } from "../workflows/temporary-folder.ts";

describe("capacity of this machine", () => {
  const folder = temporaryFolder();

  it("has cores, memory and its GPUs, which are asked for once", async () => {
    let asked = 0;
    const source = createMachineCapacity({ gpus: async () => ({ l4: ++asked }) });
    await source.read();
    const { total, largest } = await source.read();
    assert.deepEqual(total, largest);
    assert.deepEqual(total.gpus, { l4: 1 });
    assert((total.cpu ?? 0) >= 1 && (total.memory ?? 0) > 0);
  });

  it("counts GPUs by the names that nvidia-smi tells, and has none without it", async () => {
    const program = join(folder.path, "nvidia-smi");
    await writeFile(
      program,
      "#!/bin/sh\nprintf 'NVIDIA L4\\nNVIDIA L4\\nNVIDIA H200 NVL\\nNVIDIA A100-SXM4-40GB\\nTesla T4\\nNVIDIA\\n'\n",
    );
    await chmod(program, 0o755);
    assert.deepEqual(await nvidiaGpus(program), {
      l4: 2,
      h200: 1,
      "a100-40": 1,
      t4: 1,
      other: 1,
    });
    assert.deepEqual(await nvidiaGpus(join(folder.path, "absent")), {});
  });
});
