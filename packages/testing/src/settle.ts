// Waits until everything has happened that needs neither a timer nor I/O. Uses the `process.nextTick` of the moment it was
// loaded, so fake timers do not stop it.

const nextTick = process.nextTick.bind(process);

/**
 * Lets everything happen that needs no timer and no I/O; all of it within the same turn of the event loop.
 *
 * @param rounds how many times whatever is due may cause something more
 */
export async function settle(rounds = 10): Promise<void> {
  for (let round = 0; round < rounds; round++) await new Promise<void>((resolve) => nextTick(resolve));
}
