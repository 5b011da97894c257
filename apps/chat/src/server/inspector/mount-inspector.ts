// The inspector as a part of the chat's server: its settings and sessions, handed to the feed.
import type { Mounted, MountContext } from "../mount.ts";
import { startInspectorFeed } from "./inspector-feed.ts";

/** Called before the http server listens. */
export function mountInspector(context: MountContext): Mounted {
  const { http, sockets, config, readSession, onSessionEnd, log } = context;
  const feed = startInspectorFeed({
    server: http,
    sockets,
    mode: config.inspector,
    token: config.inspectorToken,
    sessionOf: (request) => readSession(request)?.person.key,
  });
  if (config.inspector !== "off") log.info({ inspector: config.inspector }, "the inspector is open");
  const stopListening = onSessionEnd(feed.endSession);
  return {
    async stop() {
      stopListening();
      await feed.close();
    },
  };
}
