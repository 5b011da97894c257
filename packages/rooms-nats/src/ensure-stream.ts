// A stream that all nodes share and whoever needs it first makes. Knows nothing of what is in it.
import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";

/** Makes it where it is missing, and makes it as it is wanted where it is another. */
export async function ensureStream(
  streams: JetStreamManager["streams"],
  config: Partial<StreamConfig> & { readonly name: string },
): Promise<void> {
  try {
    // The same again is no error, something else is.
    await streams.add(config);
  } catch {
    await streams.update(config.name, config);
  }
}
