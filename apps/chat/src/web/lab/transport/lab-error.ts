// Why the lab could not do something, as a sentence for people, and when it is worth another try.
import { LabClose } from "../../../shared/lab/lab-paths.ts";

const TRY_AGAIN_LATER = 1013;
const RETRY_HINT = /^retry-after-ms=(\d{1,9})$/;

export class LabError extends Error {
  override readonly name = "LabError";
  readonly retryAfterMs: number | undefined;
  /** Whether one has to enter the chat first. */
  readonly isStranger: boolean;

  constructor(
    message: string,
    options: { readonly retryAfterMs?: number; readonly isStranger?: boolean } = {},
  ) {
    const { retryAfterMs, isStranger = false } = options;
    super(
      retryAfterMs === undefined ? message : `${message} Try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
    );
    this.retryAfterMs = retryAfterMs;
    this.isStranger = isStranger;
  }
}

export function closeError({ code, reason }: CloseEvent): LabError {
  if (code === LabClose.noSession) return new LabError("Enter the chat first.", { isStranger: true });
  const hint = RETRY_HINT.exec(reason)?.[1];
  if (code === TRY_AGAIN_LATER && hint !== undefined) {
    return new LabError("You have had as much echoed as one person may.", { retryAfterMs: Number(hint) });
  }
  if (reason !== "") return new LabError(`The connection was closed with ${code}: ${reason}.`);
  if (code === 1006) return new LabError("The server cannot be reached, or has no room for one more.");
  return new LabError(`The connection was closed with ${code}.`);
}
