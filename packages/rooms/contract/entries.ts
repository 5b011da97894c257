// Entries as tests write them, and how they read them.
import type { NewEntry, RoomEntry, RoomLog } from "@ws/rooms";

export function utf8(string: string): Uint8Array {
  return new TextEncoder().encode(string);
}

export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** Entries whose data is their id. */
export function entries(...list: string[]): NewEntry[] {
  return list.map((id) => ({ id, data: utf8(id) }));
}

/** `a:1`, `a:2` and so on. */
export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}:${i + 1}`);
}

export function idsOf(list: readonly RoomEntry[]): string[] {
  return list.map(({ id }) => id);
}

export function seqsOf(list: readonly { readonly seq: number }[]): number[] {
  return list.map(({ seq }) => seq);
}

/** All that is kept of a room, in pages. */
export async function readAll(log: RoomLog, room: string, limit = 100): Promise<RoomEntry[]> {
  const all: RoomEntry[] = [];
  for (let after = 0; ;) {
    const { entries: page, last } = await log.read(room, { after, limit });
    all.push(...page);
    after = page.at(-1)?.seq ?? last;
    if (after >= last) return all;
  }
}
