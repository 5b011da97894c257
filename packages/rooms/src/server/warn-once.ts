// What nobody listens to, and a peer may have provoked: said once, and never the end of the process.

export function warnOnce(what: string): (error: unknown) => void {
  let hasWarned = false;
  return (error) => {
    if (hasWarned) return;
    hasWarned = true;
    process.emitWarning(`${what}: ${error instanceof Error ? error.message : String(error)}`, "RoomsWarning");
  };
}
