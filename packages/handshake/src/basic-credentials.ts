// user:password@ of a URL → the value of Authorization (RFC 7617). Owns the decoding; who it is sent to is for others.

import { Buffer } from "node:buffer";

const PERCENT = 0x25;

/** undefined when the URL has neither; TypeError when the user name has a colon, which would move the boundary. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const user = percentDecode(username);
  // RFC 7617 §2: "a user-id containing a colon character is invalid"
  if (user.includes(":")) throw new TypeError("Cannot create request: the user name in the URL has a colon");
  return `Basic ${Buffer.concat([user, Buffer.from(":"), percentDecode(password)]).toString("base64")}`;
}

/** Byte by byte, as URLs are written: a stray % stands for itself, and the bytes need not be UTF-8. */
function percentDecode(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i] as number;
    const decoded = byte === PERCENT ? Buffer.from(bytes.toString("latin1", i + 1, i + 3), "hex") : undefined;
    if (decoded?.length === 1) {
      byte = decoded[0] as number;
      i += 2;
    }
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}
