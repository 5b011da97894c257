// Closes many connections, all at once or spread over time: clients that are told to go at the same moment come back at
// the same moment.
import type { Connection } from "@ws/connection";

/** Closes each of them with this code and reason within `spreadMs`, evenly and in random order. The result stops it. */
export function sayFarewell(
  connections: Iterable<Connection>,
  spreadMs: number,
  code: number,
  reason: string | undefined,
): () => void {
  const waiting = shuffled([...connections]);
  const total = waiting.length;
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const closeDue = (): void => {
    const elapsed = performance.now() - startedAt;
    const left = elapsed >= spreadMs ? 0 : Math.floor(total * (1 - elapsed / spreadMs));
    for (const connection of waiting.splice(left)) void connection.close(code, reason);
    if (waiting.length > 0) timer = setTimeout(closeDue, Math.max(1, spreadMs / total));
  };
  closeDue();
  return () => clearTimeout(timer);
}

function shuffled<Item>(items: Item[]): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as Item, items[i] as Item];
  }
  return items;
}
