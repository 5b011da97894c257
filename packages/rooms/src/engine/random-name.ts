// Names that nobody else has, and nobody can guess: of epochs and of nodes.
import { randomBytes } from "node:crypto";

/** 128 random bits, as 32 hexadecimal digits: they fit into every kind of key. */
export function randomName(): string {
  return randomBytes(16).toString("hex");
}
