// A capture as JSON Lines: one record a line, for scripts and for reading it back. Bytes are objects, {"base64": "…"}; all
// else stands as it is in the record.
import type { Capture, CapturedConnection, CapturedFrame, CapturedMessage } from "./capture.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/** Of the first line, for whoever reads it in some years. */
const FORMAT = { format: "websocket-capture", version: 1 } as const;

type Line =
  | (typeof FORMAT & { readonly type: "capture"; readonly leftOut: Capture["leftOut"] })
  | ({ readonly type: "connection" } & CapturedConnection)
  | ({ readonly type: "frame" } & CapturedFrame)
  | ({ readonly type: "message" } & CapturedMessage);

/** The lines, each with its line feed, as they are wanted. */
export function* toJsonLines({ connections, frames, messages, leftOut }: Capture): Generator<string> {
  yield line({ type: "capture", ...FORMAT, leftOut });
  for (const connection of connections) yield line({ type: "connection", ...connection });
  for (const frame of frames) yield line({ type: "frame", ...frame });
  for (const message of messages) yield line({ type: "message", ...message });
}

/**
 * Reads what {@link toJsonLines} wrote.
 *
 * @throws Error for a text that is something else
 */
export function readJsonLines(text: string): Capture {
  const connections: CapturedConnection[] = [];
  const frames: CapturedFrame[] = [];
  const messages: CapturedMessage[] = [];
  let leftOut: Capture["leftOut"] | undefined;
  for (const [i, row] of text.split("\n").entries()) {
    if (row === "") continue;
    const { type, ...record } = JSON.parse(row, revive) as Record<string, unknown>;
    if (i === 0) leftOut = readFirst(type, record);
    else if (type === "connection") connections.push(record as unknown as CapturedConnection);
    else if (type === "frame") frames.push(record as unknown as CapturedFrame);
    else if (type === "message") messages.push(withData(record));
    else throw new Error(`Cannot read line ${i + 1}: its type is ${JSON.stringify(type)}`);
  }
  if (leftOut === undefined) throw new Error("Cannot read the capture: it is empty");
  return { connections, frames, messages, leftOut };
}

function readFirst(type: unknown, record: Record<string, unknown>): Capture["leftOut"] {
  const { format, version, leftOut } = record;
  if (type === "capture" && format === FORMAT.format && version === FORMAT.version) {
    return leftOut as Capture["leftOut"];
  }
  throw new Error(
    `Cannot read the capture: its first line is not of ${FORMAT.format}, version ${FORMAT.version}`,
  );
}

/** JSON leaves out what is undefined; of messages that is said. */
function withData(record: Record<string, unknown>): CapturedMessage {
  return { data: undefined, ...record } as unknown as CapturedMessage;
}

function line(record: Line): string {
  return `${JSON.stringify(record, replace)}\n`;
}

/** Looks at what stands in the record: a Buffer of Node has been made an object of numbers before it comes here. */
function replace(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Uint8Array ? { base64: toBase64(original) } : value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { base64 } = value as { readonly base64?: unknown };
  return typeof base64 === "string" ? fromBase64(base64) : value;
}
