// permessage-deflate as two ends would have agreed on it.
import type { MessageCompression, Role } from "@ws/connection";
import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";

/** The compression of one end, and that of its peer, to look at what it sends. */
export function deflate(
  role: Role,
  { takeover = true, thresholdBytes = 0 } = {},
): { compression: MessageCompression; peer: MessageDeflate } {
  const agreement = {
    serverNoContextTakeover: !takeover,
    clientNoContextTakeover: !takeover,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const options = resolveDeflateOptions(role, { thresholdBytes, maxCompressedBytes: 16 * 1024 * 1024 });
  return {
    compression: new MessageDeflate(role, agreement, options),
    peer: new MessageDeflate(role === "server" ? "client" : "server", agreement, options),
  };
}
