/** Every method gives the error that the driver had from its SDK. */
export function translatesNothing<Port extends object>(port: Port): Partial<Port> {
  const entries = Object.entries(port).map(([name, method]) => [
    name,
    typeof method !== "function"
      ? method
      : async (...parameters: unknown[]) => {
          try {
            return await method(...parameters);
          } catch (error) {
            throw error instanceof Error && error.cause !== undefined ? error.cause : error;
          }
        },
  ]);
  return Object.fromEntries(entries) as Partial<Port>;
}

/** The clients that are made meanwhile try once. */
export async function withoutRetries<Result>(create: () => Promise<Result>): Promise<Result> {
  process.env.AWS_MAX_ATTEMPTS = "1";
  try {
    return await create();
  } finally {
    delete process.env.AWS_MAX_ATTEMPTS;
  }
}
