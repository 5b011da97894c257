// What the program exits with: scripts and CI go by it.

/** The exit codes of every command. */
export const ExitCode = {
  ok: 0,
  /** An expectation of a script was not met, pings or answers were lost, or a MUST is broken. */
  failed: 1,
  /** The command line, a file named there, or a step of a script makes no sense. */
  usage: 2,
  /** There is no connection: the network, TLS, a proxy or the server refused it; or a port could not be opened. */
  unreachable: 3,
  /** The connection was lost, or closed with a code other than 1000, 1001 and 1005. */
  disconnected: 4,
  /** SIGINT, as shells count it. */
  interrupted: 130,
} as const;

/** One of {@link ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
