// /files/<id>: the bytes of a file out of its room, for whoever has a session. What its owner says of it is not trusted: shown are a few
// kinds of images, everything else is only offered to be kept, and nothing of it can run.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { EngineError, type RoomEntry, type RoomLog } from "@ws/rooms";
import { readStoredEntry } from "@ws/rooms/wire";
import * as v from "valibot";
import { fileChunk, fileEnd, type FileEnd, isShownType, readFileId } from "../shared/files.ts";
import { text } from "./http-answers.ts";
import type { ReadSession } from "./session.ts";

/** Chunks that are read at a time: all that one answer holds. */
const PAGE = 8;
/** Answers at the same time, on this node and to one person; one more is told to come back. */
const MAX_STREAMS = 128;
const MAX_STREAMS_PER_PERSON = 16;
/** Who takes nothing for so long is given up. */
const STALL_MS = 30_000;

export interface FileRouteOptions {
  readonly log: RoomLog;
  readonly maxFileBytes: number;
  readonly readSession: ReadSession;
}

export function createFileRoute(
  options: FileRouteOptions,
): (request: IncomingMessage, response: ServerResponse, id: string) => Promise<void> {
  /** Keys of people, once for each answer. */
  const streams: string[] = [];
  return async (request, response, id) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return text(response, 405, "Method not allowed\n");
    }
    const key = options.readSession(request)?.person.key;
    if (key === undefined) return text(response, 401, "Enter the chat first\n");
    const own = streams.filter((other) => other === key);
    if (streams.length >= MAX_STREAMS || own.length >= MAX_STREAMS_PER_PERSON) {
      response.setHeader("Retry-After", 1);
      return text(response, 503, "Too many files at the same time\n");
    }
    streams.push(key);
    response.setTimeout(STALL_MS, () => response.destroy());
    try {
      await answer(options, request, response, id);
    } catch (error) {
      if (!(error instanceof EngineError) || response.headersSent) throw error;
      response.setHeader("Retry-After", 1);
      text(response, 503, "The files cannot be reached at the moment\n");
    } finally {
      streams.splice(streams.indexOf(key), 1);
    }
  };
}

async function answer(
  { log, maxFileBytes }: FileRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<void> {
  const room = readFileId(id)?.room;
  const end = room === undefined ? undefined : await readEnd(log, room);
  if (room === undefined || end === undefined || end.bytes > maxFileBytes) {
    return text(response, 404, "There is no such file\n");
  }
  response.writeHead(200, headersOf(end));
  if (request.method === "HEAD") return void response.end();
  // Told before it could be known: where the bytes are not those that were promised the answer breaks off.
  if (await sendChunks(log, room, end, response)) response.end();
  else response.destroy();
}

/** The last entry is the end; without one the file is not whole. */
async function readEnd(log: RoomLog, room: string): Promise<FileEnd | undefined> {
  const { entries } = await log.read(room, { before: undefined, limit: 1 });
  return entries[0] === undefined ? undefined : endOf(entries[0]);
}

async function sendChunks(
  log: RoomLog,
  room: string,
  end: FileEnd,
  response: ServerResponse,
): Promise<boolean> {
  let after = 0;
  let bytes = 0;
  for (let chunks = 0; ;) {
    const { entries } = await log.read(room, { after, limit: PAGE });
    for (const entry of entries) {
      const chunk = chunkOf(entry);
      if (chunk === undefined)
        return endOf(entry) !== undefined && bytes === end.bytes && chunks === end.chunks;
      bytes += chunk.length;
      chunks++;
      if (bytes > end.bytes) return false;
      if (!response.write(chunk) && !(await drained(response))) return false;
    }
    const last = entries.at(-1);
    if (last === undefined) return false;
    after = last.seq;
  }
}

/** False where nobody is left to send to. */
async function drained(response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return false;
  const gone = new AbortController();
  const close = (): void => gone.abort();
  response.once("close", close);
  try {
    await once(response, "drain", { signal: gone.signal });
    return true;
  } catch {
    return false;
  } finally {
    response.off("close", close);
  }
}

function chunkOf(entry: RoomEntry): Uint8Array | undefined {
  const data = dataOf(entry, "chunk");
  return v.is(fileChunk, data) ? data.bytes : undefined;
}

function endOf(entry: RoomEntry): FileEnd | undefined {
  const data = dataOf(entry, "end");
  return v.is(fileEnd, data) ? data : undefined;
}

function dataOf({ data }: RoomEntry, event: string): unknown {
  const { value } = readStoredEntry(data);
  return value?.event === event ? value.data : undefined;
}

function headersOf({ name, type, bytes }: FileEnd): Record<string, string | number> {
  const isShown = isShownType(type);
  return {
    "Content-Type": isShown ? type : "application/octet-stream",
    "Content-Length": bytes,
    "Content-Disposition": `${isShown ? "inline" : "attachment"}; filename*=UTF-8''${encodeFileName(name)}`,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",
  };
}

/** RFC 8187: what is no attr-char is percent-encoded; encodeURIComponent leaves a few of them alone. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
