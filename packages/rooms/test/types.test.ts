// Types flow from one declaration to the server's handlers and the client's calls.
import * as v from "valibot";
import { describe, expectTypeOf, it } from "vitest";
import type {
  ClientConnection,
  Connection,
  ReconnectingConnection,
  WebSocket as OurWebSocket,
} from "@ws/client";
import {
  defineRooms,
  type Peer,
  type RoomPublisher,
  type RoomServer,
  type RoomSocket,
  type StandardSchema,
} from "@ws/rooms";
import type { AnySocket, ClientRoom, HistoryEntry, RoomClient } from "@ws/rooms/client";

const date = v.pipe(
  v.string(),
  v.transform((text) => new Date(text)),
);

const protocol = defineRooms({
  rooms: {
    chat: {
      events: { message: v.object({ text: v.string(), at: date }), count: v.number() },
      signals: { typing: v.boolean() },
      presence: v.object({ since: date }),
    },
    silent: {},
  },
  toServer: { events: { log: date }, requests: { when: { input: date, output: date } } },
  toClient: {
    events: { notice: v.string() },
    requests: { sure: { input: v.string(), output: v.boolean() } },
  },
});
type Chat = (typeof protocol)["definition"]["rooms"]["chat"];

// Only looked at by the compiler: none of it runs.
declare const connection: Connection;

describe("types of a client", () => {
  it("know rooms, events and signals by name, as they are sent and as they arrive", () => {
    const use = (client: RoomClient<(typeof protocol)["definition"]>): void => {
      const room = client.join("chat/1");
      expectTypeOf(room).toEqualTypeOf<ClientRoom<Chat>>();
      room.on("message", (data, { from, position }) => {
        expectTypeOf(data).toEqualTypeOf<{ text: string; at: Date }>();
        expectTypeOf(from).toEqualTypeOf<string | undefined>();
        expectTypeOf(position?.seq).toEqualTypeOf<number | undefined>();
      });
      room.on("typing", (data) => expectTypeOf(data).toEqualTypeOf<boolean>());
      expectTypeOf<Parameters<typeof room.publish<"message">>[1]>().toEqualTypeOf<{
        text: string;
        at: string;
      }>();
      expectTypeOf<Parameters<typeof room.signal<"typing">>[1]>().toEqualTypeOf<boolean>();
      expectTypeOf<Parameters<typeof room.enter>[0]>().toEqualTypeOf<{ since: string }>();
      expectTypeOf(room.people).toEqualTypeOf<ReadonlyMap<string, { since: Date }>>();
      // @ts-expect-error nobody declared such a room
      client.join("chats");
      // @ts-expect-error nobody declared such an event
      room.on("massage", () => {});
      // @ts-expect-error a signal is not published
      room.publish("typing", true);
      // @ts-expect-error it has no number
      room.publish("count", "1");
      // @ts-expect-error nothing is said in silent rooms
      client.join("silent").publish("message", { text: "", at: "" });
    };
    expectTypeOf(use).toBeFunction();
  });

  it("know history as a union of events", () => {
    type Entry = HistoryEntry<Chat>;
    expectTypeOf<Extract<Entry, { event: "count" }>["data"]>().toEqualTypeOf<number>();
    expectTypeOf<Extract<Entry, { event: "message" }>["data"]>().toEqualTypeOf<{ text: string; at: Date }>();
    expectTypeOf<Entry["event"]>().toEqualTypeOf<"message" | "count">();
  });

  it("know requests in both directions", () => {
    const use = (client: RoomClient<(typeof protocol)["definition"]>): void => {
      expectTypeOf<Parameters<typeof client.request<"when">>[1]>().toEqualTypeOf<string>();
      expectTypeOf<ReturnType<typeof client.request<"when">>>().resolves.toEqualTypeOf<Date>();
      client.onRequest("sure", (question) => {
        expectTypeOf(question).toEqualTypeOf<string>();
        return true;
      });
      client.onEvent("notice", (notice) => expectTypeOf(notice).toEqualTypeOf<string>());
      // @ts-expect-error the answer is a boolean
      client.onRequest("sure", () => "yes");
      // @ts-expect-error that one is for clients to answer
      void client.request("sure", "?");
    };
    expectTypeOf(use).toBeFunction();
  });

  it("take every kind of connection", () => {
    expectTypeOf<Connection>().toExtend<AnySocket>();
    expectTypeOf<ClientConnection>().toExtend<AnySocket>();
    expectTypeOf<ReconnectingConnection>().toExtend<AnySocket>();
    expectTypeOf<OurWebSocket>().toExtend<AnySocket>();
    expectTypeOf<Connection>().toExtend<RoomSocket>();
  });
});

describe("types of a server", () => {
  it("know handlers and peers", () => {
    const use = (server: RoomServer<(typeof protocol)["definition"], { name: string }>): void => {
      server.onRequest("when", (data, peer) => {
        expectTypeOf(data).toEqualTypeOf<Date>();
        expectTypeOf(peer).toEqualTypeOf<Peer<(typeof protocol)["definition"], { name: string }>>();
        expectTypeOf(peer.context).toEqualTypeOf<{ name: string }>();
        expectTypeOf<ReturnType<typeof peer.request<"sure">>>().resolves.toEqualTypeOf<boolean>();
        return data.toISOString();
      });
      server.onEvent("log", (data) => expectTypeOf(data).toEqualTypeOf<Date>());
      expectTypeOf<Parameters<typeof server.publish<"chat/1", "message">>[2]>().toEqualTypeOf<{
        text: string;
        at: string;
      }>();
      // @ts-expect-error its context must be told
      server.attach(connection);
      server.attach(connection, { context: { name: "ann" } });
      // @ts-expect-error the answer is sent as text
      server.onRequest("when", (data) => data);
    };
    expectTypeOf(use).toBeFunction();
    const useWithout = (server: RoomServer<(typeof protocol)["definition"]>): void => {
      server.attach(connection);
      server.attach(connection, { person: "ann" });
    };
    expectTypeOf(useWithout).toBeFunction();
  });

  it("know what a publisher may say", () => {
    type Publisher = RoomPublisher<(typeof protocol)["definition"]>;
    expectTypeOf<Publisher["publish"]>().toBeFunction();
    const use = (publisher: Publisher): void => {
      void publisher.publish("chat", "count", 1);
      // @ts-expect-error that is a signal
      void publisher.publish("chat", "typing", true);
    };
    expectTypeOf(use).toBeFunction();
  });

  it("take validators of any library", () => {
    expectTypeOf(date).toExtend<StandardSchema<string, Date>>();
  });
});
