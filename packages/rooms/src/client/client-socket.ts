// What a client may speak over, and one view of all of it: a connection, one that reconnects, or the class that browsers have. Known
// by what they can do only, so that nothing has to be installed for them.

/** An open connection: a `Connection` of @ws/client, in Node or in browsers. */
export interface ClientSocket {
  /** `"closed"` when it has ended. */
  readonly state?: string;
  /** Sends a message: a string as text, bytes as binary. */
  send(data: string | Uint8Array): unknown;
  /** Begins to close. */
  close(code?: number, reason?: string): unknown;
  /** Messages, and the end. */
  on(event: "message", listener: (data: string | Uint8Array) => void): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** A connection that comes back: a `ReconnectingConnection` of @ws/client. */
export interface ReconnectingSocket {
  /** `"open"` while there is a connection. */
  readonly state: string;
  /** The one that is open now. */
  readonly connection: { send(data: string | Uint8Array): unknown; terminate(): void } | undefined;
  /** Tries at once, without waiting any longer. */
  reconnectNow(): void;
  /** Ends it for good. */
  close(code?: number, reason?: string): unknown;
  /** Messages, that a connection has come or gone, and the end. */
  on(event: "message", listener: (data: string | Uint8Array) => void): unknown;
  on(event: "statechange", listener: (change: { readonly state: string }) => void): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** The class that browsers have, or one like it. */
export interface StandardSocket {
  /** 0 to 3; 1 is open. */
  readonly readyState: number;
  /** Is set to `"arraybuffer"`. */
  binaryType: string;
  /** Sends a message: a string as text, bytes as binary. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Begins to close. */
  close(code?: number, reason?: string): void;
  /** Messages, that it is open, and the end. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "open" | "close", listener: () => void): void;
}

/** Whatever a {@link RoomClient} may speak over. */
export type AnySocket = ClientSocket | ReconnectingSocket | StandardSocket;

/** What is open now. */
export interface Link {
  send(frame: string | Uint8Array): void;
  /** Gives this connection up, so that another may come. */
  drop(): void;
  /** Ends it for good. */
  close(): void;
}

/** What comes of a socket. */
export interface SocketListener {
  onOpen(link: Link): void;
  onMessage(frame: string | Uint8Array): void;
  /** The open connection has ended. */
  onDown(): void;
  /** There will be no other by itself. */
  onEnd(): void;
}

/** Where a server does not speak our protocol: a code for private use. */
const NO_WELCOME = 4000;

/** Listens to a socket of any kind. */
export function listenTo(socket: AnySocket, listener: SocketListener): void {
  if ("addEventListener" in socket) listenToStandard(socket, listener);
  else if ("reconnectNow" in socket) listenToReconnecting(socket, listener);
  else listenToOpen(socket, listener);
}

function listenToOpen(socket: ClientSocket, listener: SocketListener): void {
  if (socket.state === "closed") return listener.onEnd();
  const close = (): void => void socket.close();
  listener.onOpen({
    send: (frame) => void socket.send(frame),
    drop: () => void socket.close(NO_WELCOME, "no welcome"),
    close,
  });
  socket.on("close", () => {
    listener.onDown();
    listener.onEnd();
  });
  socket.on("message", (frame) => listener.onMessage(frame));
}

function listenToReconnecting(socket: ReconnectingSocket, listener: SocketListener): void {
  const close = (): void => void socket.close();
  const open = (): void => {
    const { connection } = socket;
    if (connection === undefined) return;
    // Past its queue: what was said to one connection must not be said to the next one.
    listener.onOpen({
      send: (frame) => void connection.send(frame),
      drop: () => connection.terminate(),
      close,
    });
  };
  socket.on("statechange", ({ state }) => {
    if (state === "open") open();
    else listener.onDown();
  });
  socket.on("close", () => listener.onEnd());
  if (socket.state === "open") open();
  socket.on("message", (frame) => listener.onMessage(frame));
}

function listenToStandard(socket: StandardSocket, listener: SocketListener): void {
  socket.binaryType = "arraybuffer";
  const link: Link = {
    send: (frame) => socket.send(frame as string | Uint8Array<ArrayBuffer>),
    drop: () => socket.close(NO_WELCOME, "no welcome"),
    close: () => socket.close(),
  };
  socket.addEventListener("message", ({ data }) => {
    listener.onMessage(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
  });
  socket.addEventListener("open", () => listener.onOpen(link));
  socket.addEventListener("close", () => {
    listener.onDown();
    listener.onEnd();
  });
  if (socket.readyState === 1) listener.onOpen(link);
}
