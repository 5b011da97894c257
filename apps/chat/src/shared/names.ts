// What people and rooms may be called. Both sides ask the same functions: the page to say it early, the server to be sure.
import { LIMITS } from "./limits.ts";

/** Where everybody meets who names no room. */
export const DEFAULT_ROOM: ChatRoomName = "chat/general";

/** The name of a room as rooms know it. */
export type ChatRoomName = `chat/${string}`;

/** 16 random bytes, as base64url, behind a sign that no public name begins with. */
const INVITE = /^~[\w-]{22}$/;
const PREFIX = "chat/";

/** A name as it will be shown, or why it cannot be had. */
export type NameVerdict =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: string };

/** Names are bounded before anything else looks at them, so that no pattern below runs over a long text. */
const MAX_INPUT = 200;
/** Besides control and format characters those that are letters or marks by the book, and draw nothing: fillers, selectors, the blank of Braille. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const VISIBLE = /[\p{L}\p{N}]/u;

/** Judges what somebody wants to be called. */
export function judgeName(input: string): NameVerdict {
  if (input.length > MAX_INPUT) return no(`Use at most ${LIMITS.name} characters.`);
  const name = input.normalize("NFC").trim().split(/\s+/u).join(" ");
  if (name === "") return no("Choose a name.");
  if (characters(name) > LIMITS.name) return no(`Use at most ${LIMITS.name} characters.`);
  // Control and direction characters could dress one name up as another.
  if (INVISIBLE.test(name)) return no("Leave out invisible characters.");
  if (!VISIBLE.test(name)) return no("Use at least one letter or digit.");
  return { ok: true, name };
}

/** Two names with the same key look alike, so only one of them can be present. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** Turns what somebody typed into a room's name (`Tea Time` into `tea-time`), or says why that cannot be. */
export function judgeRoom(input: string): NameVerdict {
  if (input.length > MAX_INPUT) return no(`Use at most ${LIMITS.room} characters.`);
  const name = input.normalize("NFKC").trim().replace(/^#\s*/u, "").toLowerCase().split(/\s+/u).join("-");
  if (name === "") return no("Choose a name for the room.");
  if (characters(name) > LIMITS.room) return no(`Use at most ${LIMITS.room} characters.`);
  if (INVISIBLE.test(name)) return no("Leave out invisible characters.");
  if (!isRoom(name)) return no("Use letters, digits, - and _.");
  return { ok: true, name };
}

/** A room of the chat: public with its name, or one for those who have its link. */
export type ChatRoom =
  | { readonly kind: "public"; readonly room: ChatRoomName; readonly name: string }
  | { readonly kind: "invite"; readonly room: ChatRoomName };

/** Takes the name of a room as rooms know it apart; undefined for what is no room of the chat. */
export function readRoom(room: string): ChatRoom | undefined {
  return room.startsWith(PREFIX) ? readRoomPath(room.slice(PREFIX.length)) : undefined;
}

/** Reads a room out of what follows `/r/` in the page's address, decoded; undefined for what is none. */
export function readRoomPath(name: string): ChatRoom | undefined {
  if (INVITE.test(name)) return { kind: "invite", room: `chat/${name}` };
  return isRoom(name) ? { kind: "public", room: `chat/${name}`, name } : undefined;
}

/** The address of a room in the page. @param room as rooms know it */
export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room.slice(PREFIX.length))}`;
}

/** Whether a text is the name of a public room, exactly as it stands. */
export function isRoom(name: string): boolean {
  return (
    name.length <= LIMITS.room * 2 &&
    characters(name) <= LIMITS.room &&
    !INVISIBLE.test(name) &&
    /^[\p{Ll}\p{Lm}\p{Lo}\p{M}\p{N}][\p{Ll}\p{Lm}\p{Lo}\p{M}\p{N}_-]*$/u.test(name)
  );
}

/** Counts code points: the same on every machine, whatever version of Unicode it knows. */
function characters(text: string): number {
  return Array.from(text).length;
}

function no(reason: string): NameVerdict {
  return { ok: false, reason };
}
