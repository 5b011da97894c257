// Somebody who comes back: as soon as one attempt is over, a little later the next.
import type { Member } from "../behaviour.ts";

const AGAIN_MS = 1000;

/** @param attempt takes what it must do to stop, once, and resolves when it is over */
export function again(attempt: (onLeave: (stop: () => void) => void) => Promise<void>): Member {
  let hasLeft = false;
  let timer: NodeJS.Timeout | undefined;
  let stop = (): void => {};
  const run = async (): Promise<void> => {
    // Refused or cut off is what such a client must expect.
    await attempt((how) => (stop = how)).catch(() => {});
    if (!hasLeft) timer = setTimeout(() => void run(), AGAIN_MS);
  };
  void run();
  return {
    leave: () => {
      hasLeft = true;
      clearTimeout(timer);
      stop();
    },
  };
}
