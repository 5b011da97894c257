// What compression did to the messages of one direction that it was applied to.

export class Meter {
  /** Bytes of the messages themselves. */
  messageBytes = 0;
  /** Bytes of the same messages on the wire. */
  wireBytes = 0;

  add(messageBytes: number, wireBytes: number): void {
    this.messageBytes += messageBytes;
    this.wireBytes += wireBytes;
  }
}

/** Where nothing is compressed. */
export const NOTHING_METERED: Meter = Object.freeze(new Meter());
