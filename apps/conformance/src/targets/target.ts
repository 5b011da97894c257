// What the suite needs from an implementation that it starts by itself.
import type { Role } from "@ws/conformance";

/** How an implementation is run; each setting is a run of its own. */
export interface Setting {
  readonly name: string;
  readonly tls: boolean;
  readonly compression: boolean;
  /** RFC 8441 instead of HTTP/1.1; for clients only with TLS. */
  readonly http2?: boolean;
}

export const settings: readonly Setting[] = [
  { name: "tcp", tls: false, compression: true },
  { name: "tls", tls: true, compression: true },
  { name: "tcp-uncompressed", tls: false, compression: false },
  { name: "tls-uncompressed", tls: true, compression: false },
  { name: "h2c", tls: false, compression: true, http2: true },
  { name: "h2", tls: true, compression: true, http2: true },
];

export interface RunningServer {
  /** Of an endpoint that echoes: text as text, binary as binary. */
  readonly url: string;
  /** The certificate to trust, as PEM. */
  readonly ca?: string;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly compression: boolean;
  readonly http2: boolean;
  /** The certificate to trust, as PEM. */
  readonly ca?: string;
}

/** Whether the implementation can be run so. */
export function hasSetting({ http2 }: Target, role: Role, setting: Setting): boolean {
  return !setting.http2 || (http2.includes(role) && (role === "server" || setting.tls));
}

export interface Target {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Which of them speak RFC 8441. */
  readonly http2: readonly Role[];
  /** Only called when `roles` has "server". */
  startServer(setting: Setting): Promise<RunningServer>;
  /**
   * Only called when `roles` has "client". Gets the list (see the README of @ws/conformance), connects to each URL, echoes until closed,
   * gets the URL under `done`, and resolves.
   */
  runClient(listUrl: string, options: ClientOptions): Promise<void>;
}
