// One extension of a Sec-WebSocket-Extensions header as a value: what an offer and an answer are made of.

/** The name under which this extension is registered (RFC 7692 §7). */
export const EXTENSION_NAME = "permessage-deflate";

/** An extension and its parameters, in order; a parameter without a value has `true`. */
export interface Extension {
  /** Its token: `permessage-deflate`. */
  readonly name: string;
  /** Its parameters, in order; `true` for one without a value. */
  readonly params: readonly (readonly [name: string, value: string | true])[];
}
