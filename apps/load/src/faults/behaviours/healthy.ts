// Whom the attack must not touch: asks, gets its answers in order and whole, and misses no broadcast.
import { connect } from "@ws/client";
import { nowMs } from "../../clock.ts";
import { waitUntil } from "../../wait-until.ts";
import { HOST } from "../../wire/address.ts";
import { type MessageKind, readMessage, writeMessage } from "../../wire/numbered-message.ts";
import type { Behaviour } from "../behaviour.ts";

const MESSAGE_BYTES = 200;
/** How long the last answers may take. */
const PATIENCE_MS = 10_000;

export const healthy: Behaviour = async ({ address, index, paceMs, records }) => {
  const { port, path } = address;
  const connection = await connect(`ws://${HOST}:${port}${path}`, { pingIntervalMs: 0 });
  const received: Record<MessageKind, number> = { echo: 0, broadcast: 0 };
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  let isLeaving = false;

  connection.on("message", (data) => {
    try {
      const { kind, number, sentMs } = readMessage(data);
      if (number !== received[kind])
        records.complain(`healthy ${index} got ${kind} ${number}, not ${received[kind]}`);
      received[kind] = number + 1;
      records.count(kind);
      records[kind === "echo" ? "echoMs" : "broadcastMs"].push(nowMs() - sentMs);
    } catch (error) {
      records.complain(`healthy ${index}: ${(error as Error).message}`);
    }
  });
  connection.on("close", ({ code, wasClean, error }) => {
    clearInterval(timer);
    records.count("healthy closed");
    const isAllowed = isLeaving || (code === 1001 && wasClean);
    if (!isAllowed) records.complain(`healthy ${index} was closed: ${code} ${error?.message ?? ""}`);
  });

  const send = (): void => {
    connection.send(writeMessage("echo", sent++, MESSAGE_BYTES));
    records.count("sent");
  };
  return {
    begin: () => {
      // Not all of them at the same moment.
      timer = setTimeout(() => {
        send();
        timer = setInterval(send, paceMs);
      }, Math.random() * paceMs);
    },
    finish: async (broadcasts) => {
      clearInterval(timer);
      const hasAll = (): boolean => received.echo === sent && received.broadcast === broadcasts;
      if (await waitUntil(hasAll, PATIENCE_MS)) return;
      const { echo, broadcast } = received;
      records.complain(
        `healthy ${index} has ${echo} of ${sent} echoes and ${broadcast} of ${broadcasts} broadcasts`,
      );
    },
    leave: () => {
      isLeaving = true;
      void connection.close();
    },
  };
};
