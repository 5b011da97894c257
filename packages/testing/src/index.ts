export {
  type ConnectionAndPeer,
  connectionAndPeer,
  type ConnectionPair,
  connectionPair,
} from "./connection-pair.ts";
export type { PairInit } from "./connection-pair.ts";
export { record, type Recorder } from "./recorder.ts";
export { FakeClock, type FakeClockOptions } from "./fake-clock.ts";
export { expectFrames, type ExpectedFrame } from "./expect-frames.ts";
export { MemoryWire } from "./memory-wire.ts";
export {
  type Misbehaviour,
  type MisbehaviourName,
  type MisbehaviourOutcome,
  misbehaviours,
} from "./misbehaviours.ts";
export { RawOpcode } from "./raw-opcode.ts";
export { closePayload, type FrameShape, rawClose, rawFrame, type Role } from "./raw-frame.ts";
export { dialRaw, listenRaw, type RawListener } from "./raw-handshake.ts";
export { RawPeer, type RawPeerOptions } from "./raw-peer.ts";
export { describeFrame, describeFrames } from "./describe-frames.ts";
export { FrameReader, type ReadFrame, readFrames } from "./read-frames.ts";
export { settle } from "./settle.ts";
export { TestTransport } from "./test-transport.ts";
export type { WireEnd } from "./wire-end.ts";
export type { WireLane } from "./wire-lane.ts";
