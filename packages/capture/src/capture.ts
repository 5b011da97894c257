// What is known of WebSockets that were watched: connections, their frames, their messages. Plain values, as whoever watched
// wrote them down and files keep them. Directions are the server's, wherever it was watched.

/** As the server sees it: `received` came from the client. */
export type Direction = "received" | "sent";

/** One header field, in the spelling in which it was sent. Secrets are `•••`: see `isMasked`. */
export interface HeadField {
  readonly name: string;
  readonly value: string;
  /** Whether the value is not what was sent, because it is a secret. */
  readonly isMasked?: boolean;
}

/** The opening handshake as it was (RFC 6455 §4). */
export interface HandshakeRecord {
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly httpVersion: string;
    readonly fields: readonly HeadField[];
  };
  readonly response: {
    readonly status: number;
    readonly fields: readonly HeadField[];
  };
}

/** A connection: what is known of it when it opens. */
export interface ConnectionFacts {
  /** The subprotocol that was agreed, or `""`. */
  readonly protocol: string;
  /** The extensions that were agreed, as the header said it, or `""`. */
  readonly extensions: string;
  /** The path of the request, with its query. */
  readonly path: string;
  readonly remoteAddress?: string;
  /** When the handshake had ended, in milliseconds since 1970. */
  readonly openedAt: number;
  /** Whether it was watched from the first byte on. */
  readonly isFromStart: boolean;
  /** Whether payloads are zeroed, because the connection is somebody else's. */
  readonly isRedacted: boolean;
  readonly handshake: HandshakeRecord;
}

/** How a connection ended. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** What broke the connection: a code such as `RESERVED_OPCODE`, and the sentence. */
  readonly error?: {
    readonly code: string;
    readonly message: string;
    /** What the server closed with, where the client broke a rule of the protocol. */
    readonly closeCode?: number;
  };
}

/** How the length stands in the header: in its 7 bits, or in 16 or 64 behind them (RFC 6455 §5.2). */
export type LengthBits = 7 | 16 | 64;

/** One frame. */
export interface CapturedFrame {
  /** Counts the frames of the capture from 1 on; what is left out or forgotten keeps its number. */
  readonly number: number;
  /** The number of its connection: {@link CapturedConnection.id}. */
  readonly connection: number;
  /** When its first byte passed, in milliseconds since 1970, with fractions. */
  readonly time: number;
  /** As the server sees it. */
  readonly direction: Direction;
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** As a 32-bit number without sign, first octet highest; 0 without a mask. */
  readonly maskKey: number;
  readonly lengthBits: LengthBits;
  /** The header as it was on the wire. */
  readonly header: Uint8Array;
  /** How many bytes of payload the header announces. */
  readonly payloadLength: number;
  /** The payload, unmasked and not inflated; less than `payloadLength` where the rest was cut off or has not come. */
  readonly payload: Uint8Array;
  /** Whether the payload is zeros in place of what it was. */
  readonly isRedacted: boolean;
  /** Whether it ended before its payload did: too large for whoever watched, or the connection was gone. */
  readonly isCut: boolean;
  /** The rule that it broke, as the decoder says it. */
  readonly error?: { readonly code: string; readonly message: string };
  /** The number of its message, {@link CapturedMessage.number}; 0 for control frames and what belongs to none. */
  readonly message: number;
}

/** One message, put together from its frames; or one control frame is none. */
export interface CapturedMessage {
  readonly number: number;
  readonly connection: number;
  /** As the server sees it. */
  readonly direction: Direction;
  /** When its first frame began, and its last one. */
  readonly time: number;
  readonly endTime: number;
  /** 1 is text, 2 binary; 0 where the beginning was not seen. */
  readonly opcode: number;
  /** The numbers of its frames, in order. */
  readonly frames: readonly number[];
  /** Whether its last frame came. */
  readonly isComplete: boolean;
  readonly isCompressed: boolean;
  /** Bytes of all its payloads on the wire. */
  readonly wireBytes: number;
  /** The message itself, inflated where it was compressed; `undefined` where it is not known: see `gap`. */
  readonly data: Uint8Array | undefined;
  /** Why `data` is not known. */
  readonly gap?: "redacted" | "cut" | "not-from-start" | "not-inflatable" | "too-large" | "forgotten";
}

/** One change of state: the opening handshake, data, the closing handshake. */
export interface StateChange {
  /** In milliseconds since 1970. */
  readonly time: number;
  /** Where it was from then on. */
  readonly state: "connecting" | "open" | "closing" | "closed";
  /** What led there, in words. */
  readonly cause: string;
}

/** A connection, and what became of it. */
export interface CapturedConnection extends ConnectionFacts {
  readonly id: number;
  /** How it went, oldest first. */
  readonly states: readonly StateChange[];
  /** Only once it has ended. */
  readonly end?: ConnectionEnd;
}

/** All that was watched, oldest first. */
export interface Capture {
  readonly connections: readonly CapturedConnection[];
  readonly frames: readonly CapturedFrame[];
  readonly messages: readonly CapturedMessage[];
  /** Frames and bytes that passed and are not in it: too many, or too large, for whoever watched. */
  readonly leftOut: { readonly frames: number; readonly bytes: number };
}
