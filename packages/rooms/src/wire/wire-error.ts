// What is wrong with bytes that somebody sent: a value, never thrown at whoever reads them.
import { RoomError } from "../room-error.ts";

/** A value, or why there is none. */
export type Decoded<Value> =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: RoomError };

export function malformed(why: string): { readonly error: RoomError } {
  return { error: new RoomError("MALFORMED", `Cannot read the message: ${why}`) };
}

export function tooLarge(
  what: string,
  found: number,
  name: string,
  limit: number,
): { readonly error: RoomError } {
  return {
    error: new RoomError("TOO_LARGE", `Cannot read the message: ${what} ${found}, ${name} is ${limit}`),
  };
}
