// A capture of real connections: a server and clients talk over loopback, and what the server saw and sent is cut into
// frames here, by a reader that shares no code with the exports.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type Connection } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import type {
  Capture,
  CapturedConnection,
  CapturedFrame,
  CapturedMessage,
  Direction,
} from "../../src/shared/inspector.ts";

interface Chunk {
  readonly time: number;
  readonly connection: number;
  readonly direction: Direction;
  readonly bytes: Buffer;
}

/**
 * @param talk is given clients, the second of which compresses
 */
export async function record(
  talk: (
    clients: readonly [Connection, Connection],
    servers: readonly [Connection, Connection],
  ) => Promise<void>,
): Promise<Capture> {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate: { serverNoContextTakeover: false, clientNoContextTakeover: false },
    maxMessageBytes: 32 * 1024 * 1024,
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const ids = new Map<Connection, number>();
  const chunks: Chunk[] = [];
  const take = (direction: Direction) => (message: unknown) => {
    const { connection, chunk } = message as { connection: Connection; chunk: Uint8Array };
    const id = ids.get(connection);
    if (id === undefined) return;
    const time = performance.timeOrigin + performance.now();
    chunks.push({ time, connection: id, direction, bytes: Buffer.from(chunk) });
  };
  const onReceived = take("received");
  const onSent = take("sent");
  subscribe("ws:transport:received", onReceived);
  subscribe("ws:transport:sent", onSent);

  const connections: CapturedConnection[] = [];
  const servers: Connection[] = [];
  server.on("connection", (connection, request, info) => {
    const id = servers.push(connection);
    ids.set(connection, id);
    const openedAt = performance.timeOrigin + performance.now();
    const fields = Object.entries(request.headers).map(([name, value]) => ({ name, value: String(value) }));
    const at = connections.push({
      id,
      protocol: connection.protocol,
      extensions: connection.extensions,
      path: info.path,
      remoteAddress: "127.0.0.1",
      openedAt,
      isFromStart: true,
      isRedacted: false,
      handshake: {
        request: { method: "GET", target: request.url ?? "/", httpVersion: "1.1", fields },
        response: {
          status: 101,
          fields: [
            { name: "Upgrade", value: "websocket" },
            { name: "Connection", value: "Upgrade" },
            { name: "Sec-WebSocket-Accept", value: "ICX+Yqv66kxgM0FcWaLWlFLwTAI=" },
            ...(connection.extensions === ""
              ? []
              : [{ name: "Sec-WebSocket-Extensions", value: connection.extensions }]),
          ],
        },
      },
      states: [{ time: openedAt, state: "open", cause: "The handshake" }],
    });
    connection.on("close", ({ code, reason, wasClean }) => {
      const time = performance.timeOrigin + performance.now();
      const { states, ...rest } = connections[at - 1]!;
      connections[at - 1] = {
        ...rest,
        states: [...states, { time, state: "closed", cause: "Both sides closed" }],
        end: { code, reason, wasClean },
      };
    });
    connection.on("message", (data) => void connection.send(data));
  });

  const url = `ws://127.0.0.1:${port}/echo?room=1`;
  const first = await connect(url);
  const second = await connect(url, { perMessageDeflate: true, maxMessageBytes: 32 * 1024 * 1024 });
  await talk([first, second], [servers[0]!, servers[1]!]);
  await Promise.all([first.close(1000, "done"), second.close(1001)]);
  await server.shutdown({ deadlineMs: 5000 });
  unsubscribe("ws:transport:received", onReceived);
  unsubscribe("ws:transport:sent", onSent);
  return { connections, ...cutIntoFrames(chunks), leftOut: { frames: 0, bytes: 0 } };
}

function cutIntoFrames(chunks: readonly Chunk[]): Pick<Capture, "frames" | "messages"> {
  const waiting = new Map<string, Buffer>();
  const frames: CapturedFrame[] = [];
  for (const { time, connection, direction, bytes } of chunks) {
    const key = `${connection} ${direction}`;
    let rest = Buffer.concat([waiting.get(key) ?? Buffer.alloc(0), bytes]);
    for (let frame = cut(rest); frame !== undefined; frame = cut(rest)) {
      rest = rest.subarray(frame.length);
      frames.push({ ...frame.fields, number: frames.length + 1, connection, time, direction, message: 0 });
    }
    waiting.set(key, rest);
  }
  const messages: CapturedMessage[] = [];
  const open = new Map<string, CapturedFrame[]>();
  for (const frame of frames.filter(({ opcode }) => opcode < 8)) {
    const key = `${frame.connection} ${frame.direction}`;
    const parts = [...(open.get(key) ?? []), frame];
    open.set(key, frame.fin ? [] : parts);
    if (!frame.fin) continue;
    const [begin] = parts as [CapturedFrame];
    const isCompressed = begin.rsv !== 0;
    messages.push({
      number: messages.length + 1,
      connection: frame.connection,
      direction: frame.direction,
      time: begin.time,
      endTime: frame.time,
      opcode: begin.opcode,
      frames: parts.map(({ number }) => number),
      isComplete: true,
      isCompressed,
      wireBytes: parts.reduce((sum, { payloadLength }) => sum + payloadLength, 0),
      data: isCompressed ? undefined : new Uint8Array(Buffer.concat(parts.map(({ payload }) => payload))),
      ...(isCompressed && { gap: "not-inflatable" as const }),
    });
  }
  return { frames, messages };
}

function cut(bytes: Buffer):
  | {
      readonly length: number;
      readonly fields: Omit<CapturedFrame, "number" | "connection" | "time" | "direction" | "message">;
    }
  | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes[0]!;
  const isMasked = bytes[1]! >= 128;
  const short = bytes[1]! & 127;
  const lengthBits = short === 127 ? 64 : short === 126 ? 16 : 7;
  const headerLength = 2 + (lengthBits === 7 ? 0 : lengthBits / 8) + (isMasked ? 4 : 0);
  if (bytes.length < headerLength) return undefined;
  const payloadLength =
    lengthBits === 7 ? short : lengthBits === 16 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < headerLength + payloadLength) return undefined;
  const maskKey = isMasked ? bytes.readUInt32BE(headerLength - 4) : 0;
  const payload = new Uint8Array(bytes.subarray(headerLength, headerLength + payloadLength));
  const key = bytes.subarray(headerLength - 4, headerLength);
  if (isMasked) for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i % 4]!;
  return {
    length: headerLength + payloadLength,
    fields: {
      fin: first >= 128,
      rsv: (first >> 4) & 7,
      opcode: first & 15,
      isMasked,
      maskKey,
      lengthBits,
      header: new Uint8Array(bytes.subarray(0, headerLength)),
      payloadLength,
      payload,
      isRedacted: false,
      isCut: false,
    },
  };
}
