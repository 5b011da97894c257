// Opening many connections: a few at a time, or the backlog of the listening socket overflows.

const AT_ONCE = 50;

/** Does it `count` times, fifty at a time. */
export async function inTurns(count: number, one: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work));
}
