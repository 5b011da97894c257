// What Web IDL has and a class has not: constants, and members that can be enumerated.

/** The names of the states, by their numbers. */
export const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;

const ATTRIBUTES = [
  "binaryType",
  "bufferedAmount",
  "extensions",
  "isPaused",
  "protocol",
  "readyState",
  "url",
];

export function defineInterface(websocket: { readonly prototype: object }): void {
  for (const [value, name] of STATES.entries()) {
    for (const target of [websocket, websocket.prototype]) {
      Object.defineProperty(target, name, { enumerable: true, value });
    }
  }
  for (const name of ATTRIBUTES) Object.defineProperty(websocket.prototype, name, { enumerable: true });
}
