// The lines of a stream, without their ends. Ends when the stream does, also where it is destroyed, which the lines of
// node:readline do not.
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export async function* linesOf(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  // A long line comes in many chunks: they are joined once, when it is whole.
  let parts: string[] = [];
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const [first = "", ...others] = (typeof chunk === "string" ? chunk : decoder.write(chunk)).split("\n");
    parts.push(first);
    for (const other of others) {
      yield line(parts);
      parts = [other];
    }
  }
  parts.push(decoder.end());
  if (parts.some((part) => part !== "")) yield line(parts);
}

function line(parts: readonly string[]): string {
  const text = parts.join("");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
