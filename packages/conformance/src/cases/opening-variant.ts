// How the many opening requests of the server's cases are written down, and the rules they share.
import type { OpeningRequest } from "../opening/server-probe.ts";
import type { Form } from "../suite/case.ts";

/** How a server has to take a request. `lenient`: the RFC asks for acceptance, refusing is only unfriendly. */
export type Outcome = "accept" | "lenient" | "refuse" | "either" | "version";

export interface Variant {
  /** Without the number of the RFC where that is 6455. */
  readonly id: string;
  readonly section?: string;
  readonly rule: string;
  readonly sends: string;
  readonly outcome: Outcome;
  readonly form?: Form;
  readonly chop?: number;
  /** Wrong drafts that were published once, and may be supported. */
  readonly acceptIsNoted?: boolean;
  change(request: OpeningRequest): void;
}

export const upgradeRule =
  'An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value.';
export const connectionRule =
  'A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value.';
