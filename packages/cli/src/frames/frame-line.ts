// A frame in one line, with the fields of RFC 6455 §5.2 in their order on the wire; and the same as a plain object.
import { decodeClosePayload, Opcode } from "@ws/frame";
import type { Palette } from "../command-io.ts";
import { hexPreview, printableLine } from "../terminal-text.ts";
import type { WatchedFrame } from "./frame-watch.ts";

/** So much of a payload is shown. */
export const SHOWN_PAYLOAD_BYTES = 64;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Opcode).map(([name, opcode]) => [opcode, name]),
);

/** `→ text  FIN  masked 1f2e3d4c  7-bit length 5  6+5 bytes  "hello"` */
export function frameLine(frame: WatchedFrame, palette: Palette): string {
  const { direction, fin, isMasked, lengthBits, headerBytes, payloadLength } = frame;
  const arrow = direction === "sent" ? palette.green("→") : palette.cyan("←");
  const fields = [
    `${arrow} ${palette.bold(opcodeName(frame).padEnd(12))}`,
    fin ? "FIN" : "…  ",
    reservedBits(frame.rsv),
    isMasked ? `mask ${maskText(frame)}` : "no mask      ",
    `length ${payloadLength} in ${lengthBits} bits`,
    `${headerBytes}+${payloadLength} bytes`,
    palette.dim(payloadText(frame)),
  ];
  return fields.filter((field) => field !== "").join("  ");
}

/** The frame for `--json`. */
export function frameObject(frame: WatchedFrame): Record<string, unknown> {
  return {
    direction: frame.direction,
    opcode: frame.opcode,
    name: opcodeName(frame),
    fin: frame.fin,
    rsv1: (frame.rsv & 4) !== 0,
    rsv2: (frame.rsv & 2) !== 0,
    rsv3: (frame.rsv & 1) !== 0,
    ...(frame.isMasked && { mask: maskText(frame) }),
    masked: frame.isMasked,
    lengthBits: frame.lengthBits,
    headerBytes: frame.headerBytes,
    payloadLength: frame.payloadLength,
    payload: Buffer.from(frame.payload.subarray(0, SHOWN_PAYLOAD_BYTES)).toString("hex"),
  };
}

function opcodeName({ opcode }: WatchedFrame): string {
  return NAMES.get(opcode) ?? `opcode ${opcode}`;
}

function reservedBits(rsv: number): string {
  return [4, 2, 1].map((bit, i) => ((rsv & bit) === 0 ? "" : `RSV${i + 1}`)).join("");
}

function maskText({ maskKey }: WatchedFrame): string {
  return maskKey.toString(16).padStart(8, "0");
}

function payloadText(frame: WatchedFrame): string {
  const { opcode, rsv, payload, payloadLength } = frame;
  if (payloadLength === 0) return "";
  if (opcode === Opcode.close) return closeText(payload);
  if (opcode !== Opcode.text || (rsv & 4) !== 0) {
    const more = payloadLength > payload.length ? " …" : "";
    return `${hexPreview(payload, SHOWN_PAYLOAD_BYTES)}${more}`;
  }
  const shown = new TextDecoder().decode(payload.subarray(0, SHOWN_PAYLOAD_BYTES));
  const isWhole = payloadLength <= SHOWN_PAYLOAD_BYTES;
  return `"${printableLine(shown)}${isWhole ? "" : "…"}"`;
}

function closeText(payload: Uint8Array): string {
  try {
    const { code, reason } = decodeClosePayload(payload);
    return `${code}${reason === "" ? "" : ` "${printableLine(reason)}"`}`;
  } catch {
    return hexPreview(payload, SHOWN_PAYLOAD_BYTES);
  }
}
