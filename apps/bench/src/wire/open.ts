// Opens connections, many of them, in turns.
import type { Load } from "../loads/load.ts";
import { openHttp2 } from "./http2-channel.ts";
import type { Channel, Listener, Target } from "./target.ts";
import { OFFER_OF_TAKEOVER, openTcp } from "./tcp-channel.ts";

/** How many are being opened at any time: less than any backlog. */
const AT_ONCE = 32;

export function openChannel(target: Target, index: number, listener: Listener): Promise<Channel> {
  return target.http2 ? openHttp2(target, index, listener) : openTcp(target, index, listener);
}

/** @param open called for each index from `start` on, in order, and not for all of them at once */
export async function inTurns(
  count: number,
  open: (index: number) => Promise<unknown>,
  start = 0,
): Promise<void> {
  let next = start;
  const work = async (): Promise<void> => {
    while (next < start + count) await open(next++);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work));
}

export function targetOf(load: Load, port: number, wire: Target["wire"]): Target {
  const offers = {
    none: "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    takeover: OFFER_OF_TAKEOVER,
    // What browsers offer.
    default: "permessage-deflate; client_max_window_bits",
  };
  return {
    port,
    // A handshake without one would be another load.
    wire: wire === "raw" && load.drive === "handshake" ? "websocket" : wire,
    tls: load.tls ?? false,
    http2: load.http2 ?? false,
    extensions: load.compression === undefined ? "" : offers[load.compression],
  };
}
