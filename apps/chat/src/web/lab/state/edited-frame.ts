// A frame while somebody edits it: its fields as the texts that stand in the form, which may be wrong for a moment.
import { decodeUtf8, isUtf8 } from "@ws/frame";
import type { CraftedFrame, LengthForm } from "../../../shared/lab/crafted-frame.ts";
import { fromHex, toHex } from "../../../shared/lab/hex.ts";

export interface EditedFrame {
  /** For the page, to know it again. */
  readonly id: number;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly maskKey: string;
  readonly lengthForm: LengthForm;
  /** Empty where the header says what there is. */
  readonly announcedLength: string;
  readonly payloadAs: "text" | "hex";
  readonly payload: string;
}

const MAX_LENGTH = 2n ** 64n - 1n;

export function edit(id: number, frame: CraftedFrame): EditedFrame {
  const { fin, rsv1, rsv2, rsv3, opcode, isMasked, lengthForm, announcedLength, payload } = frame;
  const isText = payload.length > 0 && isUtf8(payload) && opcode !== 0x2 && opcode !== 0x8;
  return {
    id,
    fin,
    rsv1,
    rsv2,
    rsv3,
    opcode,
    isMasked,
    maskKey: toHex(frame.maskKey),
    lengthForm,
    announcedLength: announcedLength === undefined ? "" : String(announcedLength),
    payloadAs: isText || payload.length === 0 ? "text" : "hex",
    payload: isText || payload.length === 0 ? decodeUtf8(payload) : spaced(payload),
  };
}

export type Reading =
  | { readonly frame: CraftedFrame }
  /** Which field is wrong, and how. */
  | { readonly field: "maskKey" | "announcedLength" | "payload"; readonly problem: string };

export function readEdited(edited: EditedFrame): Reading {
  const { id: _id, maskKey, announcedLength, payloadAs, payload, ...fields } = edited;
  const key = fromHex(maskKey);
  if (key?.length !== 4) return { field: "maskKey", problem: "A mask is 8 digits of hex." };
  const bytes = payloadAs === "hex" ? fromHex(payload) : new TextEncoder().encode(payload);
  if (bytes === undefined) return { field: "payload", problem: "Hex is two digits for each byte." };
  const digits = announcedLength.trim();
  if (!/^\d{0,20}$/.test(digits) || BigInt(digits) > MAX_LENGTH) {
    return { field: "announcedLength", problem: "A length is from 0 to 2⁶⁴ − 1." };
  }
  const frame = { ...fields, maskKey: key, payload: bytes };
  return { frame: digits === "" ? frame : { ...frame, announcedLength: BigInt(digits) } };
}

/** The same payload, written the other way; what is no text stays hex. */
export function rewrite(edited: EditedFrame, payloadAs: EditedFrame["payloadAs"]): EditedFrame {
  const reading = readEdited(edited);
  if (payloadAs === edited.payloadAs || !("frame" in reading)) return edited;
  const { payload } = reading.frame;
  if (payloadAs === "hex") return { ...edited, payloadAs, payload: spaced(payload) };
  return isUtf8(payload) ? { ...edited, payloadAs, payload: decodeUtf8(payload) } : edited;
}

function spaced(bytes: Uint8Array): string {
  return (toHex(bytes).match(/../g) ?? []).join(" ");
}
