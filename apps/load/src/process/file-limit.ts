// How many files this process may open. Node raises the soft limit to the hard one when it starts.

/** What a process needs besides its connections: libraries, pipes, the listening socket, the pool of clients connecting. */
const RESERVED_FILES = 200;

/** The most connections that one process can hold: each is a file to both of its ends. */
export function maxConnections(): number {
  const report = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files: { readonly soft: number | string } };
  };
  // "unlimited", or a system that has no such limits.
  const soft = Number(report.userLimits?.open_files.soft);
  return Number.isFinite(soft) ? soft - RESERVED_FILES : 20_000;
}
