import type { NextFunction, Request, Response } from "express";

/**
 * For requests so frequent that their way through the routers counts: how one is answered, once its caller may call.
 * Undefined: by the routers.
 */
export type Shortcut = (request: Request) => ((response: Response, next: NextFunction) => void) | undefined;
