// The process: reads the environment, starts the chat, says where it is, and stops it when told to.
import { startChatServer } from "./chat-server.ts";
import { ConfigError, DEFAULT_PORT, readConfig } from "./config.ts";

try {
  const config = readConfig(process.env);
  const server = await startChatServer(config);

  let isStopping = false;
  const stop = async (): Promise<void> => {
    // A terminal's Ctrl-C reaches us twice under npm, from the terminal and from npm; the deadline is the way out.
    if (isStopping) return;
    isStopping = true;
    await server.stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());

  const moved = config.port === undefined && server.port !== DEFAULT_PORT;
  console.log(`Chat is open at ${server.url}${moved ? ` (port ${DEFAULT_PORT} is taken)` : ""}`);
} catch (error) {
  console.error(`Cannot start the chat: ${explain(error)}`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("; ");
  const { code, message } = error as NodeJS.ErrnoException;
  const { PORT, HOST }: Readonly<Record<string, string | undefined>> = process.env;
  if (code === "EADDRINUSE") return `port ${PORT ?? `${DEFAULT_PORT} and those after it`} is taken`;
  if (code === "EACCES") return `port ${PORT} is not allowed to this user`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `there is no address ${HOST} on this machine`;
  return message;
}
