// The codes and reasons that a client may close with wherever it runs: a browser lets its pages send no others.

const MAX_REASON_BYTES = 123;

/** @throws RangeError for a code that is neither 1000 nor within 3000–4999, or a reason of more than 123 bytes. */
export function assertCloseArguments(code: number, reason: string): void {
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
    throw new RangeError(`Cannot close with code ${code}: it must be 1000 or 3000–4999`);
  }
  const bytes = new TextEncoder().encode(reason).length;
  if (bytes > MAX_REASON_BYTES) {
    throw new RangeError(
      `Cannot close with a reason of ${bytes} bytes: a close frame has room for ${MAX_REASON_BYTES}`,
    );
  }
}
