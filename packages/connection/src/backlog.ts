// Bytes that wait for a transport that has enough, and whom to tell once they have left. Small pieces are laid together:
// a peer that does not read must not turn each message of twenty bytes into objects of two hundred.

/** Pieces are joined up to this size; more than that is worth a write of its own. */
const JOINED_BYTES = 64 * 1024;

interface Piece<Mark> {
  bytes: Uint8Array;
  length: number;
  marks: Mark[];
}

export class Backlog<Mark> {
  #pieces: Piece<Mark>[] = [];
  #byteLength = 0;
  /** Whether nothing has been taken out yet: what comes next is what was pushed first. */
  isUntouched = true;

  get byteLength(): number {
    return this.#byteLength;
  }

  /** Takes the bytes, uncopied where they are many. @param marks handed back along with the last of them */
  push(bytes: Uint8Array, marks: readonly Mark[] = []): void {
    if (bytes.length === 0 && marks.length === 0) return;
    this.#byteLength += bytes.length;
    const last = this.#pieces.at(-1);
    if (last === undefined || last.length + bytes.length > JOINED_BYTES) {
      this.#pieces.push({ bytes: detached(bytes), length: bytes.length, marks: [...marks] });
      return;
    }
    const length = last.length + bytes.length;
    if (length > last.bytes.length) {
      const grown = new Uint8Array(Math.min(length * 2, JOINED_BYTES));
      grown.set(last.bytes.subarray(0, last.length));
      last.bytes = grown;
    }
    last.bytes.set(bytes, last.length);
    last.length = length;
    for (const mark of marks) last.marks.push(mark);
  }

  /** Takes out up to `room` bytes, cutting a piece where need be. */
  take(room: number): { parts: Uint8Array[]; length: number; marks: Mark[] } {
    const parts: Uint8Array[] = [];
    const marks: Mark[] = [];
    let length = 0;
    let whole = 0;
    for (const piece of this.#pieces) {
      const left = room - length;
      if (left <= 0) break;
      if (piece.length > left) {
        parts.push(piece.bytes.subarray(0, left));
        length += left;
        piece.bytes = piece.bytes.subarray(left, piece.length);
        piece.length -= left;
        break;
      }
      parts.push(piece.bytes.subarray(0, piece.length));
      for (const mark of piece.marks) marks.push(mark);
      length += piece.length;
      whole++;
    }
    this.#pieces.splice(0, whole);
    this.isUntouched = false;
    this.#byteLength -= length;
    return { parts, length, marks };
  }
}

/** The bytes; by themselves, where they are a small part of what others share: waiting, they would keep all of it. */
export function detached(bytes: Uint8Array): Uint8Array {
  // Not by slice(), which of a Buffer makes another view.
  return bytes.length * 2 >= bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
