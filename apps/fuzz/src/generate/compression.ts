// The two ends of an agreed compression, as the targets set them up: everything is compressed, however small.
import { type Agreement, MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import type { Role } from "@ws/frame";

export function deflateFor(role: Role, agreement: Agreement): MessageDeflate {
  return new MessageDeflate(role, agreement, resolveDeflateOptions(role, { thresholdBytes: 0, level: 1 }));
}

/** How messages that this role receives were compressed. */
export function inflating(
  role: Role,
  agreement: Agreement,
): { readonly windowBits: number; readonly noContextTakeover: boolean } {
  return role === "server"
    ? { windowBits: agreement.clientMaxWindowBits, noContextTakeover: agreement.clientNoContextTakeover }
    : { windowBits: agreement.serverMaxWindowBits, noContextTakeover: agreement.serverNoContextTakeover };
}
