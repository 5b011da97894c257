// RFC 6455, The WebSocket Protocol.
import type { Rfc } from "./requirement.ts";
import { closing } from "./rfc-6455-closing.ts";
import { extensions } from "./rfc-6455-extensions.ts";
import { framing } from "./rfc-6455-framing.ts";
import { opening } from "./rfc-6455-opening.ts";

export const rfc6455: Rfc = {
  number: "6455",
  title: "The WebSocket Protocol",
  sections: [...opening, ...framing, ...closing, ...extensions],
};
