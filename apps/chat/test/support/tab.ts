// A tab without a page: the state of the chat's page in this process, over a real connection to a server.
import { effect } from "@preact/signals";
import { connect } from "@ws/client";
import { ReconnectingConnection } from "@ws/client/browser";
import type { BrowserConnectOptions } from "@ws/client/browser";
import { SUBPROTOCOL } from "@ws/rooms/client";
import { onTestFinished } from "vitest";
import { readSessionAnswer, type SessionAnswer } from "../../src/shared/session-api.ts";
import type { BrowserMemory } from "../../src/web/state/browser-memory.ts";
import { Chat } from "../../src/web/state/chat.ts";
import type { ChatSocket } from "../../src/web/state/chat-client.ts";
import type { Message } from "../../src/web/state/message.ts";
import type { RoomSession } from "../../src/web/state/room-session.ts";
import type { SessionApi } from "../../src/web/transport/session-api.ts";
import { wsUrl } from "./visitor.ts";

export function mapMemory(map: Map<string, string> = new Map()): BrowserMemory {
  return {
    get: (key) => map.get(key),
    set: (key, value) => void (value === undefined ? map.delete(key) : map.set(key, value)),
  };
}

/** What the tabs of one browser have in common. */
export class Browser {
  readonly memory: BrowserMemory = mapMemory();
  cookie = "";
  readonly #url: () => string;

  constructor(url: string | (() => string)) {
    this.#url = typeof url === "string" ? () => url : url;
  }

  readonly api: SessionApi = {
    who: () => this.#ask({ method: "GET" }),
    enter: (name) => this.#ask({ method: "POST", body: JSON.stringify({ name }) }),
    leave: () => this.#ask({ method: "DELETE" }),
  };

  /** A tab, before anybody has entered. @param tabMemory of one whose page is loaded anew */
  open(tabMemory: BrowserMemory = mapMemory()): Tab {
    return new Tab(this, tabMemory, () => {
      const socket = new ReconnectingConnection<BrowserConnectOptions>({
        connect,
        url: () => wsUrl(this.#url()),
        options: () =>
          ({ protocols: SUBPROTOCOL, headers: { Cookie: this.cookie } }) as BrowserConnectOptions,
        baseDelayMs: 10,
        maxDelayMs: 50,
        minUptimeMs: 0,
      });
      return socket;
    });
  }

  async #ask(init: RequestInit): Promise<SessionAnswer> {
    const headers = { Cookie: this.cookie };
    const response = await fetch(`${this.#url()}/api/session`, { ...init, headers });
    this.cookie = response.headers.get("set-cookie")?.split(";")[0] ?? this.cookie;
    return readSessionAnswer(await response.json())!;
  }
}

export class Tab {
  readonly chat: Chat;
  socket: ChatSocket | undefined;

  constructor(browser: Browser, tabMemory: BrowserMemory, createSocket: () => ChatSocket) {
    this.chat = new Chat({
      connect: () => (this.socket = createSocket()),
      api: browser.api,
      memory: browser.memory,
      tabMemory,
    });
    onTestFinished(() => {
      void this.socket?.close();
      this.chat.setVisible(false);
    });
  }

  /** The room that is shown. */
  get room(): RoomSession {
    const session = this.chat.current.value;
    if (session === undefined) throw new Error("No room is shown");
    return session;
  }

  get messages(): readonly Message[] {
    const { timeline } = this.room;
    void timeline.version.value;
    return Array.from({ length: timeline.count }, (_, at) => timeline.at(at)!);
  }

  get texts(): readonly string[] {
    return this.messages.map(({ text }) => text);
  }

  /** Enters, and waits until the room is there. */
  async enter(name: string): Promise<this> {
    await this.chat.session.enter(name);
    await this.until(() => this.room.reading.state.value === "ready" && this.room.isLive.value);
    return this;
  }

  /** Waits until signals say so. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stop = effect(() => {
        if (!isSo()) return;
        queueMicrotask(() => stop());
        resolve();
      });
    });
  }

  say(text: string): Promise<void> {
    this.room.send(text);
    return this.until(() =>
      this.messages.some((message) => message.text === text && message.state === "delivered"),
    );
  }
}
