import type { TypeSchema } from "../schema/model.ts";
import type { ResourceContext, Session } from "../session.ts";
import type { Store } from "../store.ts";
import type { Properties } from "../values.ts";

/** What a data source may use. `context.inputs` are the arguments. */
export interface InvokeContext extends ResourceContext {
  session: Session;
  store: Store;
  schema: TypeSchema;
  /** Address of the simulated Azure Resource Manager, where one runs. */
  resourceManager?: string;
}

/** Invoke token → its result. */
export type InvokeTable = { [token: string]: (context: InvokeContext) => Properties };
