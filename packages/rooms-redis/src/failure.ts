// What becomes of an operation that failed: which errors mean "not now", and which that something is wrong with what is there.
import { EngineError } from "@ws/rooms";

/** What a server says where it could do it later, or another server could. */
const NOT_NOW = new Set([
  "ASK",
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "MOVED",
  "NOREPLICAS",
  "OOM",
  "READONLY",
  "TRYAGAIN",
  "UNBLOCKED",
]);

/** The code that a server's error begins with; `undefined` for errors that no server sent. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== "ReplyError") return undefined;
  return error.message.split(" ", 1)[0];
}

/** Whether the server is not, or no longer, the one to ask: where the servers are has to be found out anew. */
export function isElsewhere(error: unknown): error is Error {
  const code = replyCode(error);
  return code === "MOVED" || code === "CLUSTERDOWN" || isDemoted(error);
}

/** Whether the server has become a replica: nothing can be done with it any more. */
export function isDemoted(error: unknown): error is Error {
  return replyCode(error) === "READONLY";
}

export function engineError(action: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const code = replyCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  const isFault = code !== undefined && !NOT_NOW.has(code);
  return new EngineError(isFault ? "ENGINE_FAULT" : "ENGINE_DOWN", `Cannot ${action}: ${reason}`, {
    cause: error,
  });
}
