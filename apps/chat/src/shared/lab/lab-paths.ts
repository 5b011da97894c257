// Where the lab's sockets are, and what is said in their closing: the page and the server agree on it here.

export const LabPath = {
  /** Echoes what it is sent, without compression. */
  echo: "/lab/echo",
  /** The same, and agrees to permessage-deflate. */
  compressedEcho: "/lab/echo/deflate",
  /** Takes orders: a measurement from the server, or bytes to send by hand. */
  agent: "/lab/agent",
} as const;

/** Close codes of the lab's own, from the range for private use (RFC 6455 §7.4.2). */
export const LabClose = {
  /** Whoever connects has no session. A handshake's status is hidden from a page, a close code is not. */
  noSession: 4401,
} as const;

/** How the echo is asked for. */
export interface EchoTerms {
  readonly compress: boolean;
  /** The size of the fragments of the reply; 0 leaves it to the server. */
  readonly fragmentBytes: number;
}

/** The path and query of an echo that tells, after each reply, what came and went on the wire. */
export function echoTarget({ compress, fragmentBytes }: EchoTerms): string {
  return `${compress ? LabPath.compressedEcho : LabPath.echo}?report=1&fragment=${fragmentBytes}`;
}
