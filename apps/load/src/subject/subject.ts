// A server that is measured: ours, or another in its place.

export interface SubjectOptions {
  /** How long a silence may be before the peer is pinged, in milliseconds; 0 for no keep-alive. */
  readonly keepAliveMs: number;
  /** Speak TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Subject {
  readonly port: number;
  /** How many connections are open. */
  count(): number;
  close(): Promise<void>;
}

export type SubjectName = "ours" | "ws";
