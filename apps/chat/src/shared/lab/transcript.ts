// What happened on the TCP connection that sent crafted bytes, and what of it is frames. The server writes it down as
// bytes; the page and the tests read the frames out of it with @ws/frame.
import { decodeClosePayload, type Frame, FrameDecoder, Opcode, ProtocolError, RSV1 } from "@ws/frame";
import * as v from "valibot";
import { fromHex } from "./hex.ts";

const hex = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/));
const at = v.pipe(v.number(), v.finite(), v.minValue(0));

export type TranscriptEntry = {
  readonly atMs: number;
  /** In hex. */
  readonly bytes: string;
} & (
  | { readonly direction: "sent"; readonly what: "request" | "crafted" | "close" }
  | { readonly direction: "received"; readonly what: "response" | "frames" }
);

/** The server sent FIN, or reset the connection, or we gave up waiting for either. */
export type TcpEnd = "fin" | "reset" | "gave-up";

export interface Transcript {
  readonly entries: readonly TranscriptEntry[];
  /** Bytes that came and are not in it, because there were too many. */
  readonly leftOutBytes: number;
  readonly end: { readonly how: TcpEnd; readonly atMs: number };
}

export const transcriptSchema: v.GenericSchema<unknown, Transcript> = v.strictObject({
  entries: v.array(
    v.variant("direction", [
      v.strictObject({
        direction: v.literal("sent"),
        what: v.picklist(["request", "crafted", "close"]),
        atMs: at,
        bytes: hex,
      }),
      v.strictObject({
        direction: v.literal("received"),
        what: v.picklist(["response", "frames"]),
        atMs: at,
        bytes: hex,
      }),
    ]),
  ),
  leftOutBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  end: v.strictObject({ how: v.picklist(["fin", "reset", "gave-up"]), atMs: at }),
});

/** What the server said, as frames. */
export interface ServerReply {
  readonly frames: readonly Frame[];
  /** Of its close frame; undefined when none came. */
  readonly close: { readonly code: number; readonly reason: string } | undefined;
  /** Why no more frames could be read, which would be the server's fault. */
  readonly error: string | undefined;
}

export function readReply({ entries }: Transcript): ServerReply {
  const decoder = new FrameDecoder({ role: "client", reservedBits: RSV1 });
  for (const { direction, what, bytes } of entries) {
    if (direction === "received" && what === "frames") decoder.push(fromHex(bytes) ?? new Uint8Array(0));
  }
  const frames: Frame[] = [];
  let close: ServerReply["close"];
  try {
    for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
      frames.push(frame);
      if (frame.opcode === Opcode.close) close ??= decodeClosePayload(frame.payload);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { frames, close, error: error.message };
  }
  return { frames, close, error: undefined };
}
