// The typed rooms of the chat, as the page uses them.
import type { BrowserConnectOptions, ReconnectingConnection } from "@ws/client/browser";
import type { ClientRoom, RoomClient } from "@ws/rooms/client";
import type { ChatDefinition } from "../../shared/protocol.ts";

export type ChatClient = RoomClient<ChatDefinition>;
export type ChatClientRoom = ClientRoom<ChatDefinition["rooms"]["chat"]>;

/** The connection under it. */
export type ChatSocket = ReconnectingConnection<BrowserConnectOptions>;
