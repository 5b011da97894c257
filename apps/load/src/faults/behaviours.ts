// All the ways to behave, by the name under which they are asked for and entered into the books.
import type { Behaviour } from "./behaviour.ts";
import { garble } from "./behaviours/garble.ts";
import { healthy } from "./behaviours/healthy.ts";
import { hoard } from "./behaviours/hoard.ts";
import { listen } from "./behaviours/listen.ts";
import { stayMute } from "./behaviours/stay-mute.ts";
import { trickleHandshake } from "./behaviours/trickle-handshake.ts";
import { trickleMessages } from "./behaviours/trickle-messages.ts";
import { vanish } from "./behaviours/vanish.ts";

export type BehaviourName =
  | "healthy"
  | "listener"
  | "mute"
  | "hoarder"
  | "garbage"
  | "vanishing"
  | "trickler"
  | "slowHandshake";

export const BEHAVIOURS: Readonly<Record<BehaviourName, Behaviour>> = {
  /** Sends numbered messages, checks their echoes and every broadcast. */
  healthy,
  /** Reads, answers pings, says nothing. */
  listener: listen,
  /** Never reads, never writes. */
  mute: stayMute,
  /** Never reads, and asks for more all the time. */
  hoarder: hoard,
  /** Random bytes, before the handshake and behind it, again and again. */
  garbage: garble,
  /** Its packets are lost from one moment on. */
  vanishing: vanish,
  /** One byte at a time. */
  trickler: trickleMessages,
  /** One byte at a time, and never gets to the end of its handshake. */
  slowHandshake: trickleHandshake,
};

/** How many of whom. */
export type Crowd = Readonly<Partial<Record<BehaviourName, number>>>;
