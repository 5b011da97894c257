// What bundles for browsers get: code that is written for both looks whether there is a WebSocket before it asks for this
// one, so it must be possible to import, and must say what is wrong when it is called.

function refuse(): never {
  throw new Error("@ws/compat does not work in a browser: use the WebSocket that it has");
}

export {
  refuse as createWebSocketStream,
  refuse as default,
  refuse as extension,
  refuse as Sender,
  refuse as subprotocol,
  refuse as WebSocket,
  refuse as WebSocketServer,
};
export { refuse as "module.exports" };
