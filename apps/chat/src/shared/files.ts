// Files: each is a room of its own, whose entries are its bytes in order and then its `end`. Only its owner publishes there,
// nobody joins; it is read over HTTP. A message refers to it by a card.
import * as v from "valibot";
import { LIMITS } from "./limits.ts";
import { isPersonKey } from "./person.ts";

/** 16 random bytes, as base64url. */
const SECRET = /^[\w-]{22}$/;
const PREFIX = "file/";
const ID_LENGTH = 12 + 1 + 22;
/** Types that are shown in the page; all others are offered for download only. */
const SHOWN_TYPES: ReadonlySet<string> = new Set([
  "image/avif",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
]);

/** What is known of a file: all of it is told by its owner, and none of it is trusted but the owner. */
export interface FileCard {
  /** `file/<key of its owner>-<22 url-safe random characters>` */
  readonly room: string;
  readonly name: string;
  /** A media type; empty where nobody knows. */
  readonly type: string;
  readonly bytes: number;
  /** Of an image, in pixels, so that the page has room for it before it is there. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** What comes behind the last chunk of a file; before it there is no file. */
export interface FileEnd {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly chunks: number;
}

/** Takes a file's room apart; undefined for any other. */
export function readFileRoom(room: string): { readonly ownerKey: string } | undefined {
  if (!room.startsWith(PREFIX)) return undefined;
  return readFileId(room.slice(PREFIX.length));
}

/** Takes what follows `/files/` apart; undefined for what is none. */
export function readFileId(id: string): { readonly ownerKey: string; readonly room: string } | undefined {
  if (id.length !== ID_LENGTH || id[12] !== "-" || !SECRET.test(id.slice(13))) return undefined;
  const ownerKey = id.slice(0, 12);
  return isPersonKey(ownerKey) ? { ownerKey, room: PREFIX + id } : undefined;
}

/** The room of a new file. @param random 22 url-safe random characters: 16 bytes as base64url */
export function fileRoom(ownerKey: string, random: string): `file/${string}` {
  return `file/${ownerKey}-${random}`;
}

/** Where the page finds the bytes. */
export function fileUrl(card: Pick<FileCard, "room">): string {
  return `/files/${card.room.slice(PREFIX.length)}`;
}

/** Whether the server sends such a file to be shown, not only to be kept. */
export function isShownType(type: string): boolean {
  return SHOWN_TYPES.has(type);
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(100_000));
const name = v.pipe(v.string(), v.check(isFileName, "not the name of a file"));
const type = v.pipe(v.string(), v.check(isMediaType, "not a media type"));

export const fileCard: v.GenericSchema<FileCard> = v.strictObject({
  room: v.pipe(
    v.string(),
    v.check((room) => readFileRoom(room) !== undefined, "not the room of a file"),
  ),
  name,
  type,
  bytes: size,
  width: v.exactOptional(pixels),
  height: v.exactOptional(pixels),
});

export const fileChunk: v.GenericSchema<{ readonly bytes: Uint8Array }> = v.strictObject({
  bytes: v.pipe(
    v.instance(Uint8Array),
    v.check(({ length }) => length > 0 && length <= LIMITS.chunkBytes, `not 1 to ${LIMITS.chunkBytes} bytes`),
  ),
});

export const fileEnd: v.GenericSchema<FileEnd> = v.strictObject({ name, type, bytes: size, chunks: size });

/** Neither empty nor too long, nor a path, nor with anything that cannot be seen. */
export function isFileName(text: string): boolean {
  return text.trim() !== "" && text.length <= LIMITS.fileName && !/[/\\\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

/** `type/subtype` without parameters, in small letters; or empty. */
function isMediaType(text: string): boolean {
  return text === "" || (text.length <= LIMITS.fileType && /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(text));
}
