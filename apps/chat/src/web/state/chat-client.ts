// The typed rooms of the chat, as the page uses them.
import type { BrowserConnectOptions, ReconnectingConnection } from "@ws/client/browser";
import type { ClientRoom, RoomClient } from "@ws/rooms/client";
import type { ChatProtocol } from "../../shared/protocol.ts";

export type ChatClient = RoomClient<ChatProtocol>;
export type ChatClientRoom = ClientRoom<ChatProtocol["rooms"]["chat"]>;

/** The connection under it. */
export type ChatSocket = ReconnectingConnection<BrowserConnectOptions>;
