// A frame as it will be on the wire, in hex: its header and its payload told apart.
import type { JSX } from "preact";
import { toHex } from "../../../shared/lab/hex.ts";

const MAX_SHOWN_BYTES = 256;

export function WireBytes({
  bytes,
  payloadLength,
}: {
  readonly bytes: Uint8Array;
  readonly payloadLength: number;
}): JSX.Element {
  const header = bytes.subarray(0, bytes.length - payloadLength);
  const payload = bytes.subarray(header.length, MAX_SHOWN_BYTES);
  const rest = bytes.length - header.length - payload.length;
  return (
    <p class="lab-wire" aria-label="On the wire">
      <span class="lab-wire-header" title="Header">
        {spaced(header)}
      </span>{" "}
      <span title="Payload, as it is on the wire">{spaced(payload)}</span>
      {rest > 0 && <span class="muted"> and {rest} bytes more</span>}
    </p>
  );
}

export function spaced(bytes: Uint8Array): string {
  return (toHex(bytes).match(/../g) ?? []).join(" ");
}
