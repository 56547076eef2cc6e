import { setTimeout as sleepMilliseconds } from "node:timers/promises";

/** A real service's clock cannot be moved. */
export const waitSeconds = (seconds: number): Promise<void> => sleepMilliseconds(seconds * 1000);
