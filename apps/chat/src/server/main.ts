// The process: reads the environment, starts the chat, says where it is, and stops it when told to.
import { startChatServer } from "./chat-server.ts";
import { ConfigError, DEFAULT_PORT, readConfig } from "./config.ts";

try {
  const config = readConfig(process.env);
  const starting = startChatServer(config);

  let isStopping = false;
  const stop = async (): Promise<void> => {
    // A terminal's Ctrl-C reaches us twice under npm, from the terminal and from npm; the deadline is the way out.
    if (isStopping) return;
    isStopping = true;
    await (await starting).stop();
    process.exit(0);
  };
  // From now on: who is told to stop while starting is stopped as well.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void stop().catch(() => process.exit(1)));
  }

  const server = await starting;
  const moved = config.port === undefined && server.port !== DEFAULT_PORT;
  console.log(`Chat is open at ${server.url}${moved ? ` (port ${DEFAULT_PORT} is taken)` : ""}`);
  if (config.inspector === "own")
    console.log(`Everybody can inspect their own connections at ${server.url}/inspector`);
  if (config.inspector === "all")
    console.log(`All connections can be inspected at ${server.url}/inspector, with the token`);
  if (config.hasLab) console.log(`The lab is at ${server.url}/lab`);
} catch (error) {
  console.error(`Cannot start the chat: ${explain(error)}`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("; ");
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  const { PORT, HOST }: Readonly<Record<string, string | undefined>> = process.env;
  if (code === "EADDRINUSE") return `port ${PORT ?? `${DEFAULT_PORT} and those after it`} is taken`;
  if (code === "EACCES" && syscall === "listen") return `port ${PORT} is not allowed to this user`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `there is no address ${HOST} on this machine`;
  return message;
}
