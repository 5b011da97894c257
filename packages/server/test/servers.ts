// Servers for tests, on any free port, and gone when the test is over.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { onTestFinished } from "vitest";
import { type Connection, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { RawOpcode, rawFrame, readFrames } from "@ws/testing";
import { dial, readAll } from "./raw-client.ts";

export async function listen<Context = undefined, Path extends string = string>(
  options: WebSocketServerOptions<Context, Path> = {},
): Promise<{ server: WebSocketServer<Context, Path>; port: number }> {
  const server = new WebSocketServer<Context, Path>({ port: 0, ...options });
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  await once(server, "listening");
  return { server, port: server.address()!.port };
}

export async function listenHttp(): Promise<{ http: Server; port: number }> {
  const http = createServer((_request, response) => response.end("a page"));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  http.listen(0);
  await once(http, "listening");
  return { http, port: (http.address() as AddressInfo).port };
}

/** A server on somebody else's http server. */
export async function attach<Context = undefined, Path extends string = string>(
  options: WebSocketServerOptions<Context, Path> = {},
): Promise<{ server: WebSocketServer<Context, Path>; http: Server; port: number }> {
  const { http, port } = await listenHttp();
  const server = new WebSocketServer<Context, Path>({ server: http, ...options });
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  return { server, http, port };
}

let pair: Promise<{ key: string; cert: string }> | undefined;

export function certificate(): Promise<{ key: string; cert: string }> {
  pair ??= generate([{ name: "commonName", value: "localhost" }], { keyType: "ec" }).then(
    ({ private: key, cert }) => ({ key, cert }),
  );
  return pair;
}

export const echo = (connection: Connection): void => {
  connection.on("message", (data) => connection.send(data));
};

/** The whole answer to a request, as text. */
export async function answerTo(port: number, text: string): Promise<string> {
  const socket = await dial(port, text);
  const response = (await readAll(socket)).toString();
  socket.destroy();
  return response;
}

/** A text frame as a client sends it. */
export function textFrame(text: string): Buffer {
  return Buffer.from(rawFrame("client", RawOpcode.text, text));
}

/** The payloads of a server's frames, as text. */
export function textsOf(bytes: Buffer): string[] {
  return readFrames(bytes).map(({ payload }) => Buffer.from(payload).toString());
}

export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

export function deferred<Value>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
