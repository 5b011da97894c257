// The browser's own class, under the name that Node's entry has for ours.

/** The class of the browser itself. */
export const WebSocket: typeof globalThis.WebSocket = globalThis.WebSocket;
