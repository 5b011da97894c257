// The types of a declaration: which names there are, and what is said under each.
import type { DirectionKinds, RequestKind, RoomKind, RoomsDefinition } from "./define-rooms.ts";
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";

type Keys<Record> = Record extends object ? Extract<keyof Record, string> : never;
type KindName<Definition extends RoomsDefinition> = Keys<Definition["rooms"]>;

/** The names of rooms: a kind, or a kind and whatever follows a slash. */
export type RoomName<Definition extends RoomsDefinition> =
  | KindName<Definition>
  | `${KindName<Definition>}/${string}`;

/** The kind of a room. */
export type KindOf<Definition extends RoomsDefinition, Room extends string> = NonNullable<
  Definition["rooms"]
>[Room extends `${infer Kind}/${string}` ? Kind : Room] extends infer Kind extends RoomKind
  ? Kind
  : never;

type SchemaIn<Record, Name extends string> = Record extends { readonly [name in Name]: infer Schema }
  ? Schema extends StandardSchema
    ? Schema
    : never
  : never;

/** What a room of a kind remembers. */
export type EventName<Kind extends RoomKind> = Keys<Kind["events"]>;
/** The data of an event, as it is published. */
export type EventInput<Kind extends RoomKind, Name extends string> = InputOf<SchemaIn<Kind["events"], Name>>;

/** What it does not. */
export type SignalName<Kind extends RoomKind> = Keys<Kind["signals"]>;
/** The data of a signal, as it is sent. */
export type SignalInput<Kind extends RoomKind, Name extends string> = InputOf<
  SchemaIn<Kind["signals"], Name>
>;

/** What is heard in it, of either sort. */
export type HeardName<Kind extends RoomKind> = EventName<Kind> | SignalName<Kind>;
/** The data of either, as it arrives. */
export type Heard<Kind extends RoomKind, Name extends string> = OutputOf<
  SchemaIn<Kind["events"], Name> | SchemaIn<Kind["signals"], Name>
>;

/** What is known of who is there. */
export type PresenceInput<Kind extends RoomKind> = Kind["presence"] extends StandardSchema
  ? InputOf<Kind["presence"]>
  : never;
/** The same, as it arrives. */
export type PresenceOutput<Kind extends RoomKind> = Kind["presence"] extends StandardSchema
  ? OutputOf<Kind["presence"]>
  : never;

/** What is said outside of rooms. */
type Direction<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
> = Definition[Way] extends DirectionKinds ? Definition[Way] : Readonly<Record<string, never>>;
type EventsOf<Definition extends RoomsDefinition, Way extends "toServer" | "toClient"> =
  Direction<Definition, Way> extends { readonly events: infer Events } ? Events : never;
type RequestsOf<Definition extends RoomsDefinition, Way extends "toServer" | "toClient"> =
  Direction<Definition, Way> extends { readonly requests: infer Requests } ? Requests : never;
type RequestIn<Requests, Name extends string> = Requests extends { readonly [name in Name]: infer Request }
  ? Request extends RequestKind
    ? Request
    : never
  : never;

/** The names of what is said outside of rooms, one way. */
export type DirectName<Definition extends RoomsDefinition, Way extends "toServer" | "toClient"> = Keys<
  EventsOf<Definition, Way>
>;
/** The data of it, as it is sent. */
export type DirectInput<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
  Name extends string,
> = InputOf<SchemaIn<EventsOf<Definition, Way>, Name>>;
/** The same, as it arrives. */
export type DirectOutput<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
  Name extends string,
> = OutputOf<SchemaIn<EventsOf<Definition, Way>, Name>>;

/** The names of what is asked, one way. */
export type RequestName<Definition extends RoomsDefinition, Way extends "toServer" | "toClient"> = Keys<
  RequestsOf<Definition, Way>
>;
/** What is asked: as it is sent, and as it arrives. */
export type AskedInput<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
  Name extends string,
> = InputOf<RequestIn<RequestsOf<Definition, Way>, Name>["input"]>;
/** What is asked, as it arrives. */
export type AskedOutput<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
  Name extends string,
> = OutputOf<RequestIn<RequestsOf<Definition, Way>, Name>["input"]>;
/** What is answered: as it is sent, and as it arrives. */
export type AnswerInput<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
  Name extends string,
> = InputOf<RequestIn<RequestsOf<Definition, Way>, Name>["output"]>;
/** What is answered, as it arrives. */
export type AnswerOutput<
  Definition extends RoomsDefinition,
  Way extends "toServer" | "toClient",
  Name extends string,
> = OutputOf<RequestIn<RequestsOf<Definition, Way>, Name>["output"]>;
