// Hosts whose servers may be controlled: this machine only. An installation elsewhere brings a list of its own.
export const controlHosts = ["127.0.0.1", "localhost", "[::1]"];
