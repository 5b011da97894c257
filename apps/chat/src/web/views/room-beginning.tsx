// What stands where no message does: above the oldest one that is here, or in a room that has none.
import type { JSX } from "preact";
import type { RoomSession } from "../state/room-session.ts";

/** What stands above the oldest message that is here. */
export function Beginning({
  label,
  session,
}: {
  readonly label: string;
  readonly session: RoomSession;
}): JSX.Element {
  void session.timeline.version.value;
  return (
    <p class="beginning muted">
      {session.timeline.reachesStart
        ? `This is the beginning of #${label}`
        : session.reading.isLoadingOlder.value
          ? "Loading older messages…"
          : "\u00a0"}
    </p>
  );
}

export function EmptyRoom({
  label,
  session,
}: {
  readonly label: string;
  readonly session: RoomSession;
}): JSX.Element {
  const { value: state } = session.reading.state;
  if (state === "failed")
    return <p class="empty muted">The messages could not be loaded. They will be with the connection.</p>;
  if (state !== "ready") return <p class="empty muted">Loading…</p>;
  return (
    <div class="empty">
      <p class="empty-title">This is the beginning of #{label}</p>
      <p class="muted">Nobody has written here yet. Say hello, or invite somebody.</p>
    </div>
  );
}
