// As many idle connections as one process may hold, weighed: our server beside npm ws, with keep-alive and without, and
// over TLS.
import { generate } from "selfsigned";
import type { Outcome } from "../outcome.ts";
import { maxConnections } from "../process/file-limit.ts";
import type { SubjectName } from "../subject/subject.ts";
import { type IdleCase, weigh, type Weight } from "./weigh.ts";

export interface IdleOptions {
  readonly connections: number;
  /** Fewer: a handshake of TLS takes a millisecond of each side. */
  readonly tlsConnections: number;
  readonly keepAliveMs: number;
}

export async function idle(
  options: IdleOptions,
  onProgress: (line: string) => void,
): Promise<Outcome<Weight[]>> {
  const most = maxConnections();
  const connections = Math.min(options.connections, most);
  const tlsConnections = Math.min(options.tlsConnections, most);
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });

  const subjects: readonly SubjectName[] = ["ours", "ws"];
  const settings: readonly Omit<IdleCase, "subject">[] = [
    { connections, keepAliveMs: 0 },
    { connections, keepAliveMs: options.keepAliveMs },
    { connections: tlsConnections, keepAliveMs: options.keepAliveMs, tls: { key, cert } },
  ];
  const weights: Weight[] = [];
  for (const setting of settings.filter((each) => each.connections > 0)) {
    for (const subject of subjects) {
      onProgress(`${subject}: ${setting.connections} connections${setting.tls ? " over TLS" : ""}`);
      weights.push(await weigh({ subject, ...setting }));
    }
  }
  return {
    result: weights,
    checks: weights.flatMap(({ subject, connections: count, kept, pinged, keepAliveMs, tls }) => {
      const name = `${subject}${tls ? " over TLS" : ""}, keep-alive ${keepAliveMs} ms`;
      return [
        { what: `${name}: connections kept`, measured: kept, passed: kept === count },
        ...(keepAliveMs > 0
          ? [{ what: `${name}: connections pinged`, measured: pinged, passed: pinged === count }]
          : []),
      ];
    }),
    table: Object.fromEntries(weights.map((weight) => [nameOf(weight), rowOf(weight)])),
  };
}

function nameOf({ subject, tls, keepAliveMs }: Weight): string {
  return `${subject}${tls ? ", TLS" : ""}, ${keepAliveMs > 0 ? "keep-alive" : "none"}`;
}

function rowOf({ connections, perConnection, seconds }: Weight): Record<string, number> {
  const { rssBytes, heapBytes, externalBytes } = perConnection;
  return {
    connections,
    "RSS, B": rssBytes,
    "heap, B": heapBytes,
    "external, B": externalBytes,
    "heap + external, B": heapBytes + externalBytes,
    "took, s": Math.round(seconds),
  };
}
