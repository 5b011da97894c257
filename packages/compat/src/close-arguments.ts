// The arguments of `close`, checked as `ws` checks them.
import { isWireCloseCode } from "@ws/connection";

const MAX_REASON_BYTES = 123;

/**
 * @returns the code and the reason to send; no code for a close frame without one
 * @throws TypeError for a code that must not be sent, or a reason that is neither text nor bytes
 * @throws RangeError for a reason of more than 123 bytes
 */
export function readCloseArguments(code: unknown, reason: unknown): { code?: number; reason?: string } {
  if (code === undefined) return {};
  if (typeof code !== "number" || !isWireCloseCode(code)) {
    throw new TypeError("First argument must be a valid error code number");
  }
  if (reason === undefined || !(reason as { length?: number }).length) return { code };
  const length = Buffer.byteLength(reason as string);
  if (length > MAX_REASON_BYTES) {
    throw new RangeError(`The message must not be greater than ${MAX_REASON_BYTES} bytes`);
  }
  if (typeof reason === "string") return { code, reason };
  if (reason instanceof Uint8Array) return { code, reason: Buffer.from(reason).toString() };
  throw new TypeError("Second argument must be a string or a Uint8Array");
}
