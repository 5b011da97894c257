// The WebSocket to the feed: comes back by itself after a break, hands on records, and says how it is. Knows nothing of what
// they mean.
import {
  decodeRecords,
  type FeedRecord,
  INSPECT_SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
} from "../../shared/inspector-feed.ts";

/** `refused`: it was never let in, and a browser does not say why. */
export type FeedState = "connecting" | "open" | "refused" | "lost" | "closed";

export interface FeedSocketOptions {
  readonly url: string;
  readonly onRecords: (records: readonly FeedRecord[]) => void;
  readonly onState: (state: FeedState) => void;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;

export class FeedSocket {
  readonly #options: FeedSocketOptions;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #token: string | undefined;
  #wasOpen = false;

  constructor(options: FeedSocketOptions) {
    this.#options = options;
  }

  /** @param token what opens the feed, where it asks for one */
  open(token?: string): void {
    this.#token = token;
    this.#wasOpen = false;
    this.#dial();
  }

  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#options.onState("closed");
  }

  #dial(): void {
    clearTimeout(this.#timer);
    this.#socket?.close();
    const offers = this.#token ? [TOKEN_SUBPROTOCOL_PREFIX + base64url(this.#token)] : [];
    const socket = new WebSocket(this.#options.url, [INSPECT_SUBPROTOCOL, ...offers]);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#options.onState("connecting");
    socket.addEventListener("open", () => {
      if (this.#socket !== socket) return;
      this.#wasOpen = true;
      this.#retryMs = FIRST_RETRY_MS;
      this.#options.onState("open");
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket)
        this.#options.onRecords(decodeRecords(new Uint8Array(data as ArrayBuffer)));
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (!this.#wasOpen) return this.#options.onState("refused");
      this.#options.onState("lost");
      this.#timer = setTimeout(() => this.#dial(), this.#retryMs);
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
    });
  }
}

function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
