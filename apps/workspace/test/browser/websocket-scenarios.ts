// What a page can see of a WebSocket, played through with whatever class it is given: once in a browser with the
// browser's own, once in Node with ours. Both must tell the same story.
// oxlint-disable unicorn/prefer-add-event-listener -- the attributes are under test.

type Story = Record<string, unknown>;

/** @param url of the server of `client.test.ts`, with a slash at its end */
export async function play(WebSocketClass: typeof WebSocket, url: string): Promise<Story> {
  return {
    constants: ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].map((name) => [
      Object.getOwnPropertyDescriptor(WebSocketClass, name),
      Object.getOwnPropertyDescriptor(WebSocketClass.prototype, name),
    ]),
    attributes: attributes(WebSocketClass),
    constructor: constructor(WebSocketClass, url),
    urls: urls(WebSocketClass, url),
    handlers: handlers(WebSocketClass, url),
    echo: await echo(new WebSocketClass(`${url}echo`)),
    order: await log(new WebSocketClass(`${url}hello`)),
    closed: await closed(new WebSocketClass(`${url}echo`)),
    closedBehind: await closedBehind(new WebSocketClass(`${url}echo`)),
    closedEarly: await closedEarly(new WebSocketClass(`${url}echo`)),
    lost: (await log(new WebSocketClass(`${url}lost`))).filter((entry) => !isError(entry)),
    refused: await log(new WebSocketClass(`${url}refused`)),
    chosen: await log(new WebSocketClass(`${url}hello`, ["other", "greetings"])),
    unchosen: await log(new WebSocketClass(`${url}hello`, ["other"])),
  };
}

function nameOf(action: () => unknown): string {
  try {
    const result = action();
    if (result instanceof EventTarget) (result as WebSocket).close();
    return "fine";
  } catch (error) {
    return error instanceof DOMException ? error.name : `${(error as Error).name}, no DOMException`;
  }
}

function attributes(WebSocketClass: typeof WebSocket): unknown {
  const names = [
    "url",
    "readyState",
    "bufferedAmount",
    "extensions",
    "protocol",
    "binaryType",
    "onopen",
    "onclose",
  ];
  const methods = ["send", "close"];
  return [
    Object.prototype.toString.call(WebSocketClass.prototype),
    ...[...names, ...methods].map((name) => {
      const found = Object.getOwnPropertyDescriptor(WebSocketClass.prototype, name);
      return [name, found?.enumerable, found?.configurable, found?.writable, found?.set !== undefined];
    }),
  ];
}

function constructor(WebSocketClass: typeof WebSocket, url: string): unknown {
  const attempts: readonly (readonly unknown[])[] = [
    ["ws://foo:bar.com/"],
    ["ftp://localhost/"],
    ["about:blank"],
    [`${url}#`],
    [`${url}#a`],
    [url, ""],
    [url, "a b"],
    [url, "a,b"],
    [url, ["a", "a"]],
    [url, ["ä"]],
    [url, {}],
    [url, null],
    [url, undefined],
    [url, []],
    [url, [1, 2]],
  ];
  return attempts.map((given) =>
    nameOf(() => new WebSocketClass(...(given as ConstructorParameters<typeof WebSocket>))),
  );
}

function urls(WebSocketClass: typeof WebSocket, url: string): unknown {
  const http = url.replace(/^ws/, "http");
  return [url, http, `${url}a b?ä`, `${url}x/../y`].map((given) => {
    const socket = new WebSocketClass(given);
    socket.close();
    return socket.url.replace(url, "…/");
  });
}

function handlers(WebSocketClass: typeof WebSocket, url: string): unknown {
  const socket = new WebSocketClass(url);
  const seen: unknown[] = [];
  const object = {} as () => void;
  const fire = (): void => void socket.dispatchEvent(new Event("message"));
  for (const value of [null, undefined, 5, ";", object, () => seen.push("function")]) {
    socket.onmessage = value as () => void;
    seen.push(socket.onmessage === null ? "null" : socket.onmessage === value);
    fire();
  }
  socket.addEventListener("message", () => seen.push("listener"));
  socket.onmessage = () => seen.push("replaced");
  fire();
  socket.onmessage = null;
  socket.onmessage = () => seen.push("again");
  fire();
  socket.close();
  return seen;
}

/** A connection that is lost is failed (RFC 6455 §7.2.1), so there is an `error`; Chromium fires none. */
function isError(entry: unknown): boolean {
  return Array.isArray(entry) && entry[0] === "error";
}

/** The events of a socket until it has closed. */
function log(socket: WebSocket): Promise<unknown[]> {
  const seen: unknown[] = [socket.readyState];
  return new Promise((resolve) => {
    for (const type of ["open", "message", "error", "close"]) {
      socket.addEventListener(type, (event) => {
        const { readyState, protocol } = socket;
        seen.push([type, event.constructor.name, readyState, protocol, event.bubbles, event.cancelable]);
        if ("data" in event)
          seen.push(event.data, (event as MessageEvent).origin === new URL(socket.url).origin);
        if (type !== "close") return;
        const { code, reason, wasClean } = event as CloseEvent;
        seen.push(code, reason, wasClean, Object.prototype.toString.call(event));
        resolve(seen);
      });
    }
  });
}

async function echo(socket: WebSocket): Promise<unknown> {
  const answers: unknown[] = [nameOf(() => socket.send("too early")), socket.binaryType];
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const things = [
    "text",
    "a\ud800b",
    "",
    null,
    12,
    bytes.buffer,
    bytes.subarray(1, 3),
    new Blob(["b"]),
    "end",
  ];
  const ended = log(socket);
  await new Promise((resolve) => (socket.onopen = resolve));
  for (const thing of things) socket.send(thing as string);
  answers.push(socket.bufferedAmount);
  const received: unknown[] = [];
  await new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      const count = received.push(data);
      if (count === 6) socket.binaryType = "arraybuffer";
      socket.binaryType = "nonsense" as BinaryType;
      if (count === things.length) resolve();
    };
  });
  for (const data of received) answers.push(await describe(data));
  answers.push(
    socket.bufferedAmount,
    nameOf(() => (socket as unknown as { send(): void }).send()),
  );
  socket.close(1000, "a\ud800");
  socket.send("too late");
  answers.push(socket.bufferedAmount, (await ended).slice(-4));
  socket.send("later still");
  return [...answers, socket.bufferedAmount];
}

async function describe(data: unknown): Promise<unknown> {
  if (data instanceof Blob) return ["blob", ...new Uint8Array(await data.arrayBuffer())];
  return data instanceof ArrayBuffer ? ["arraybuffer", ...new Uint8Array(data)] : data;
}

async function closed(socket: WebSocket): Promise<unknown> {
  const ended = log(socket);
  await new Promise((resolve) => (socket.onopen = resolve));
  const codes = [0, 999, 1001, 1005, 2999, 5000, 66_536, Number.NaN, null, "x"].map((code) =>
    nameOf(() => socket.close(code as number)),
  );
  const reasons = ["x".repeat(124), "€".repeat(42)].map((reason) => nameOf(() => socket.close(3000, reason)));
  socket.close(3000, "€".repeat(41));
  const state = socket.readyState;
  socket.close(4000);
  return [codes, reasons, state, await ended];
}

async function closedBehind(socket: WebSocket): Promise<unknown> {
  const ended = log(socket);
  await new Promise((resolve) => (socket.onopen = resolve));
  socket.send(new Blob(["x"]));
  socket.send("echoed too late");
  socket.close(1000);
  return ended;
}

async function closedEarly(socket: WebSocket): Promise<unknown> {
  const ended = log(socket);
  socket.close(4000, "never mind");
  return [socket.readyState, await ended];
}
