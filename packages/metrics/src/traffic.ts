// What has passed through many connections: the sum of their numbers.
import type { ConnectionStats, FrameStats } from "@ws/connection";
import type { Sample } from "./metric.ts";

const OPCODES = [
  "continuation",
  "text",
  "binary",
  "close",
  "ping",
  "pong",
] as const satisfies readonly (keyof FrameStats)[];

/** The numbers of one direction; frames in the order of `OPCODES`. */
class Direction {
  bytes = 0;
  messages = 0;
  frames: number[] = OPCODES.map(() => 0);

  add(bytes: number, messages: number, frames: FrameStats): void {
    this.bytes += bytes;
    this.messages += messages;
    for (let i = 0; i < OPCODES.length; i++) this.frames[i]! += frames[OPCODES[i]!];
  }
}

export class Traffic {
  readonly #directions = { received: new Direction(), sent: new Direction() };

  add(stats: ConnectionStats): void {
    const { received, sent } = this.#directions;
    received.add(stats.bytesReceived, stats.messagesReceived, stats.framesReceived);
    sent.add(stats.bytesSent, stats.messagesSent, stats.framesSent);
  }

  copy(): Traffic {
    const copy = new Traffic();
    for (const name of ["received", "sent"] as const) {
      const { bytes, messages, frames } = this.#directions[name];
      Object.assign(copy.#directions[name], { bytes, messages, frames: [...frames] });
    }
    return copy;
  }

  samples(role: string): { readonly [name in "io" | "messages" | "frames"]: Sample[] } {
    const io: Sample[] = [];
    const messages: Sample[] = [];
    const frames: Sample[] = [];
    for (const [direction, counts] of Object.entries(this.#directions)) {
      const labels = { role, direction };
      io.push({ labels, value: counts.bytes });
      messages.push({ labels, value: counts.messages });
      for (const [i, opcode] of OPCODES.entries()) {
        frames.push({ labels: { ...labels, opcode }, value: counts.frames[i]! });
      }
    }
    return { io, messages, frames };
  }
}
