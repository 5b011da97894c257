// Telling the server that a room was left, again where it had no time for that: it would go on sending what is said there, and
// have a person present who is gone.
import { RoomError } from "../room-error.ts";
import type { ClientHost } from "./client-host.ts";
import { RetryTimer } from "./retry-timer.ts";

/** Once for each time that a room is left. */
export function sayLeave(room: string, host: ClientHost): void {
  const retry = new RetryTimer(ask);
  function ask(): void {
    // The end of the connection has said so; and whoever is there again must not be taken out.
    if (host.serverLimits() === undefined || host.isIn(room)) return;
    host.asker.ask({
      build: (id) => ({ type: "leave", id, room }),
      timeoutMs: host.options.answerTimeoutMs,
      mayWait: false,
      isOwn: true,
      onAnswer: () => {},
      onError: (error) => {
        if (error instanceof RoomError && (error.isTemporary || error.code === "TIMEOUT")) retry.wait();
      },
    });
  }
  ask();
}
