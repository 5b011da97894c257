// Sending a file as a page does: chunks in order, then the end.
import { randomBytes } from "node:crypto";
import type { PublishResult } from "@ws/rooms/client";
import { type FileCard, type FileEnd, fileRoom } from "../../src/shared/files.ts";
import { LIMITS } from "../../src/shared/limits.ts";
import type { Arrived } from "./visitor.ts";

export interface SentFile {
  readonly card: FileCard;
  readonly end: PublishResult;
}

/** @param claim what the end says in place of the truth */
export async function sendFile(
  sender: Arrived,
  bytes: Uint8Array,
  { name, type }: Pick<FileCard, "name" | "type">,
  claim: Partial<FileEnd> = {},
): Promise<SentFile> {
  const room = fileRoom(sender.person.key, randomBytes(16).toString("base64url"));
  const publisher = sender.client.publisher(room);
  let chunks = 0;
  for (let at = 0; at < bytes.length; at += LIMITS.chunkBytes) {
    chunks++;
    publisher.publish("chunk", { bytes: bytes.subarray(at, at + LIMITS.chunkBytes) });
  }
  const whole = { name, type, bytes: bytes.length, chunks };
  const end = await publisher.publish("end", { ...whole, ...claim }).result;
  publisher.close();
  return { card: { room, name, type, bytes: bytes.length }, end };
}
