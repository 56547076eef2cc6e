/** Where test:drivers started the emulator: an environment variable that it sets. */
export function emulatorUrl(variable: string): string {
  const url = process.env[variable];
  if (url === undefined)
    throw new Error(
      `${variable} is not set: run this suite by npm run test:drivers, which starts the emulators`,
    );
  return url;
}
