// Sends a message again, on a connection of its own to the lab's echo. Not into a room: what the server took on a person's
// connection would be what that person said.
import { LabPath } from "../../shared/lab/lab-paths.ts";

export type ResendResult =
  | { readonly isEchoed: true; readonly roundTripMs: number }
  | { readonly isEchoed: false; readonly reason: string };

const TIMEOUT_MS = 10_000;

export function resend(
  data: Uint8Array,
  isText: boolean,
  origin: string = location.origin,
): Promise<ResendResult> {
  const socket = new WebSocket(new URL(LabPath.echo, origin.replace(/^http/, "ws")));
  socket.binaryType = "arraybuffer";
  const message = isText ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(data) : new Uint8Array(data);
  return new Promise((resolve) => {
    const end = (result: ResendResult): void => {
      clearTimeout(timer);
      resolve(result);
      socket.close(1000);
    };
    const timer = setTimeout(() => end({ isEchoed: false, reason: "Nothing came back in time" }), TIMEOUT_MS);
    let sentAt = 0;
    socket.addEventListener("open", () => {
      sentAt = performance.now();
      socket.send(message);
    });
    socket.addEventListener("message", (event) => {
      const echo = event.data as string | ArrayBuffer;
      const isSame = typeof echo === "string" ? echo === message : areEqual(new Uint8Array(echo), data);
      if (isSame) end({ isEchoed: true, roundTripMs: performance.now() - sentAt });
      else end({ isEchoed: false, reason: "Something else came back" });
    });
    socket.addEventListener("close", ({ code }) => {
      end({ isEchoed: false, reason: `The echo closed the connection with ${code}` });
    });
  });
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, i) => octet === other[i]);
}
