// The API of the npm package `ws`. For `require` the class WebSocket is the module, with everything else as its properties.
import { extension } from "./extension.ts";
import { Sender } from "./sender.ts";
import { subprotocol } from "./subprotocol.ts";
import { createWebSocketStream } from "./websocket-stream.ts";
import { WebSocketServer } from "./websocket-server.ts";
import { WebSocket } from "./websocket.ts";

export type { BinaryType, BufferLike, RawData } from "./bytes.ts";
export type {
  AddEventListenerOptions,
  CloseEvent,
  ErrorEvent,
  Event,
  EventHandler,
  MessageEvent,
} from "./event-target.ts";
export type { ExtensionOffers, ExtensionParams, FormattableExtensions } from "./extension.ts";
export type {
  ClientOptions,
  CommonOptions,
  ServerOptions,
  VerifyClient,
  VerifyClientCallback,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  VerifyClientInfo,
  WebSocketConstructor,
} from "./options.ts";
export type { PerMessageDeflateOptions } from "./per-message-deflate.ts";
export type { FrameOptions, FrameSender } from "./sender.ts";
export type { SendCallback, SendOptions } from "./outgoing.ts";
export type { WebSocketEvents } from "./websocket-events.ts";
export type { WebSocketServerEvents } from "./websocket-server.ts";
export type { WebSocketErrorCode } from "./ws-error.ts";
export { createWebSocketStream, extension, Sender, subprotocol, WebSocket, WebSocketServer };

Object.assign(WebSocket, {
  createWebSocketStream,
  extension,
  Sender,
  Server: WebSocketServer,
  subprotocol,
  WebSocket,
  WebSocketServer,
});

export { WebSocket as default, WebSocket as "module.exports" };
