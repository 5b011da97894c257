// What people and rooms may be called. Both sides ask the same functions: the page to say it early, the server to be sure.
import { LIMITS } from "./limits.ts";

/** Where everybody meets who names no room. */
export const DEFAULT_ROOM = "lobby";

/** A name as it will be shown, or why it cannot be had. */
export type NameVerdict =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: string };

/** Names are bounded before anything else looks at them, so that no pattern below runs over a long text. */
const MAX_INPUT = 200;
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;
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
  const name = input.normalize("NFKC").trim().replace(/^#/u, "").toLowerCase().split(/\s+/u).join("-");
  if (name === "") return no("Choose a name for the room.");
  if (characters(name) > LIMITS.room) return no(`Use at most ${LIMITS.room} characters.`);
  if (!isRoom(name)) return no("Use letters, digits, - and _.");
  return { ok: true, name };
}

/** Whether a text is the name of a room, exactly as it stands. */
export function isRoom(name: string): boolean {
  return (
    name.length <= LIMITS.room * 2 &&
    characters(name) <= LIMITS.room &&
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
