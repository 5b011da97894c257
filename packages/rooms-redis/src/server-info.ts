// What a server says of itself when asked with INFO. Services leave out what they like; what is missing is taken for harmless.

export interface ServerInfo {
  /** Another one after each start of the server. */
  readonly run: string;
  readonly isCluster: boolean;
  readonly isMaster: boolean;
  readonly isLoading: boolean;
  readonly replicas: number;
}

export function parseInfo(text: string): ServerInfo {
  const values = parseLines(text);
  return {
    run: values.get("run_id") ?? "",
    isCluster: values.get("cluster_enabled") === "1",
    isMaster: (values.get("role") ?? "master") === "master",
    isLoading: values.get("loading") === "1",
    replicas: Number(values.get("connected_slaves") ?? 0),
  };
}

/** @param text the answer to CLUSTER INFO */
export function isClusterOk(text: string): boolean {
  return (parseLines(text).get("cluster_state") ?? "ok") === "ok";
}

function parseLines(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return values;
}
