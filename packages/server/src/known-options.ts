// Refuses options that do not exist: a misspelt limit is no limit.

/** What people know by another name, from other servers. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["maxPayload", "maxMessageBytes"],
  ["verifyClient", "authenticate"],
  ["handleProtocols", "protocols"],
]);

/** @throws TypeError for the first name that is not known, with the one that may have been meant */
export function assertKnownOptions(what: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = ALIASES.get(name);
    const nearest = meant !== undefined && known.includes(meant) ? meant : nearestTo(name, known);
    const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
    throw new TypeError(`Cannot ${what} with the option ${name}: there is no such option${hint}`);
  }
}

/** The most similar name, unless more than half of it would have to change. */
function nearestTo(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = name.length / 2;
  for (const candidate of known) {
    const changes = distance(name.toLowerCase(), candidate.toLowerCase());
    if (changes <= least) {
      least = changes;
      nearest = candidate;
    }
  }
  return nearest;
}

/** How many characters to insert, delete or replace to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
