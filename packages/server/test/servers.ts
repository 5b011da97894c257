// Servers for tests, on any free port, and gone when the test is over.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { onTestFinished } from "vitest";
import { type Connection, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
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

/** A text frame as a client sends it, masked with the key 0. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** The frames of a server that are short, as their text. */
export function textsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at + 1]!;
    texts.push(bytes.toString("utf8", at + 2, at + 2 + length));
    at += 2 + length;
  }
  return texts;
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
