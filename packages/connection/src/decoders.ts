// The decoders that the protocols of this process share: one that waits between two frames needs none.
import { FrameDecoder, type Role, RSV1 } from "@ws/frame";
import { Spare } from "./spare.ts";

/** Those of one role, by whether compression was agreed. */
interface Decoders {
  readonly plain: Spare<FrameDecoder>;
  readonly compressed: Spare<FrameDecoder>;
}

export const decoders: Readonly<Record<Role, Decoders>> = {
  server: decodersOf("server"),
  client: decodersOf("client"),
};

function decodersOf(role: Role): Decoders {
  // The assembly judges sizes, by the same headers: it knows what came before in the message.
  const limits = { role, maxPayloadBytes: Number.MAX_SAFE_INTEGER, partial: true };
  // Made once: each object with spread properties and others has a shape of its own to V8, which nothing is prepared for.
  const [plain, compressed] = [0, RSV1].map((reservedBits) => Object.freeze({ ...limits, reservedBits }));
  return {
    plain: new Spare(() => new FrameDecoder(plain!)),
    compressed: new Spare(() => new FrameDecoder(compressed!)),
  };
}
