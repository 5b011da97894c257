// What a capture has for a replay: what clients said on each connection, and when. Files are checked: anybody may have
// written them.
import { type CapturedMessage, readJsonLines } from "@ws/capture";
import type { Message } from "@ws/client";
import { sentence, usageError } from "../command-error.ts";

export interface ReplayedMessage {
  /** In milliseconds, from whatever beginning. */
  readonly time: number;
  readonly data: Message;
}

/** One connection of the capture. */
export interface Replay {
  /** The subprotocol that was agreed, as far as the file knows. */
  readonly protocol: string;
  readonly messages: readonly ReplayedMessage[];
}

/** @throws CommandError for a file that is no capture, or lacks what was said */
export function readReplays(text: string, name: string): Replay[] {
  try {
    return isHar(text) ? readHar(text) : readLines(text);
  } catch (error) {
    throw usageError(`Cannot replay ${name}: ${sentence(error)}`, error);
  }
}

/** A line of JSON Lines ends before the second key of a HAR could come; that it has a `log` tells them apart. */
function isHar(text: string): boolean {
  return /^\s*\{\s*"log"/.test(text.slice(0, 100));
}

function readLines(text: string): Replay[] {
  const { connections, messages } = readJsonLines(text);
  return connections.map(({ id, protocol }) => ({
    protocol: typeof protocol === "string" ? protocol : "",
    messages: messages
      .filter(
        (message) => message.connection === id && message.direction === "received" && message.isComplete,
      )
      .map(toReplayed),
  }));
}

function toReplayed({ number, time, opcode, data, gap }: CapturedMessage): ReplayedMessage {
  if (!(data instanceof Uint8Array))
    throw new Error(`message ${number} is not in it (${gap ?? "unknown why"})`);
  return { time: checkTime(time), data: opcode === 1 ? new TextDecoder().decode(data) : data };
}

function readHar(text: string): Replay[] {
  const entries = list(field(field(JSON.parse(text), "log"), "entries"));
  return entries
    .map((entry) => field(entry, "_webSocketMessages"))
    .filter((messages) => messages !== undefined)
    .map((messages) => ({
      protocol: "",
      messages: list(messages)
        .filter((message) => field(message, "type") === "send")
        .map(fromHar),
    }));
}

function fromHar(message: unknown): ReplayedMessage {
  const data = field(message, "data");
  const gap = field(message, "_gap");
  if (typeof data !== "string" || gap !== undefined)
    throw new Error(`a message is not in it (${String(gap)})`);
  const isText = field(message, "opcode") === 1;
  return {
    time: checkTime(field(message, "time")) * 1000,
    data: isText ? data : new Uint8Array(Buffer.from(data, "base64")),
  };
}

function checkTime(time: unknown): number {
  if (typeof time !== "number" || !Number.isFinite(time)) throw new Error("a message has no time");
  return time;
}

function field(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null
    ? (object as Record<string, unknown>)[name]
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("it is neither JSON Lines of a capture nor a HAR");
  return value;
}
