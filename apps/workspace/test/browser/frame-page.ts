// Runs inside the browser: the codec there must do what it does in Node. What it finds is left on the window.
import {
  createMaskKey,
  decodeUtf8,
  encodeClosePayload,
  encodeFrame,
  FrameDecoder,
  Opcode,
  ProtocolError,
  Utf8Validator,
} from "@ws/frame";

function roundTrip(sender: "client" | "server", payload: string | Uint8Array, step: number): string {
  const bytes = encodeFrame(sender, Opcode.text, payload);
  const decoder = new FrameDecoder({ role: sender === "client" ? "server" : "client" });
  for (let at = 0; at < bytes.length; at += step) decoder.push(bytes.slice(at, at + step));
  const frame = decoder.next();
  return frame === undefined ? "nothing" : decodeUtf8(frame.payload);
}

function errorOf(bytes: readonly number[]): string {
  const decoder = new FrameDecoder({ role: "client" });
  decoder.push(new Uint8Array(bytes));
  try {
    decoder.next();
    return "none";
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
}

/** Without it, payloads are masked by JavaScript alone. */
function mayCompile(): boolean {
  try {
    return (
      new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])) instanceof WebAssembly.Module
    );
  } catch {
    return false;
  }
}

const text = "héllo €𝄞 \uFEFF".repeat(2000);
const found = {
  hasNode: "process" in globalThis,
  mayCompile: mayCompile(),
  wire: [...encodeFrame("server", Opcode.text, "Hello")],
  close: [...encodeClosePayload(1000, "bye €")],
  roundTrips: (["client", "server"] as const).flatMap((sender) =>
    [1, 7, 100_000].map((step) => roundTrip(sender, text, step) === text),
  ),
  reserved: errorOf([0xf1, 0]),
  masked: errorOf([0x81, 0x80, 0, 0, 0, 0]),
  utf8: [[0xe2, 0x82, 0xac], [0xc0], [0xed, 0xa0]].map((bytes) =>
    new Utf8Validator().push(new Uint8Array(bytes)),
  ),
  keysDiffer: createMaskKey() !== createMaskKey(),
};
export type Found = typeof found;
Object.assign(globalThis, { found });
