// In a browser: what one side encodes the other decodes, text and a payload that WebAssembly masks.
import { decodeUtf8, encodeFrame, FrameDecoder, Opcode } from "@ws/frame";

globalThis.run = async () => {
  const results = [];
  for (const [sender, reader] of [
    ["client", "server"],
    ["server", "client"],
  ]) {
    const decoder = new FrameDecoder({ role: reader });
    decoder.push(encodeFrame(sender, Opcode.text, "héllo €"));
    decoder.push(encodeFrame(sender, Opcode.binary, new Uint8Array(100_000).fill(7)));
    const text = decodeUtf8(decoder.next().payload);
    const { payload } = decoder.next();
    results.push([text, payload.length, payload.every((byte) => byte === 7)]);
  }
  return results;
};
