// The browser's own class, under the name that Node's entry has for ours.

export const WebSocket: typeof globalThis.WebSocket = globalThis.WebSocket;
