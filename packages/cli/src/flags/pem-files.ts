// Certificates and keys, in files that the command line names.
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { sentence, usageError } from "../command-error.ts";

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The text of a file in PEM. */
export async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw usageError(`Cannot read ${path}: ${sentence(error)}`, error);
  }
}

/**
 * Both or neither. Whether they belong together is found out here, and not when somebody connects.
 *
 * @param purpose what they are for, behind “Cannot”
 */
export async function readKeyPair(
  { cert, key }: Partial<KeyPair>,
  purpose: string,
): Promise<KeyPair | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw usageError(`Cannot ${purpose}: it takes both --cert and --key`);
  }
  const pair = { cert: await readPem(cert), key: await readPem(key) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw usageError(`Cannot ${purpose}: ${sentence(error)}`, error);
  }
  return pair;
}
