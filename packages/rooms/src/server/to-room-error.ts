// What a peer is told of an error of ours: engines that cannot be reached by their code, and nothing of what is internal.
import { RoomError } from "../room-error.ts";
import { EngineError } from "../room-log.ts";
import { isErrorCode, MAX_ERROR_LENGTH } from "../wire/names.ts";

export function toRoomError(error: unknown): RoomError {
  if (error instanceof RoomError && isErrorCode(error.code)) {
    if (error.message.length <= MAX_ERROR_LENGTH) return error;
    return new RoomError(error.code, error.message.slice(0, MAX_ERROR_LENGTH));
  }
  if (error instanceof EngineError)
    return new RoomError("ENGINE_DOWN", "Cannot do that now: the engine cannot be reached");
  return new RoomError("INTERNAL", "Cannot do that: something went wrong here");
}

/** Whether the application has to hear of it. */
export function isInternal(error: unknown): boolean {
  return !(error instanceof RoomError && isErrorCode(error.code)) && !(error instanceof EngineError);
}
