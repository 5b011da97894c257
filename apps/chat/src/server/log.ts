// What the process tells whoever runs it: lines of JSON on stderr, so that stdout is free for people.
import { destination, type Logger, pino } from "pino";
import type { ChatConfig } from "./config.ts";

export function createLogger(level: ChatConfig["logLevel"]): Logger {
  // Synchronous: nothing that was logged is lost when the process ends.
  return pino({ level }, destination({ fd: 2, sync: true }));
}
