// All targets, in the order in which they take turns.
import { ConnectionTarget } from "./connection-target.ts";
import { DecompressTarget } from "./decompress-target.ts";
import { ExtensionsTarget } from "./extensions-target.ts";
import { FrameDecoderTarget } from "./frame-decoder-target.ts";
import { ProtocolTarget } from "./protocol-target.ts";
import { RequestTarget } from "./request-target.ts";
import { ResponseTarget } from "./response-target.ts";
import type { Target } from "./target.ts";

export const TARGETS: readonly Target[] = [
  new FrameDecoderTarget(),
  new ProtocolTarget(false),
  new ProtocolTarget(true),
  new ConnectionTarget(),
  new RequestTarget(),
  new ResponseTarget(),
  new ExtensionsTarget(),
  new DecompressTarget(),
];
