// What is watched of a conversation: frames to be shown, and a capture to be written when it is over. Nothing is listened to
// where neither is wanted.
import type { Connection, ConnectResponse } from "@ws/client";
import { checkCaptureFile, writeCapture } from "../capture/capture-file.ts";
import { CaptureRecorder } from "../capture/capture-recorder.ts";
import { handshakeRecord } from "../capture/handshake-record.ts";
import type { Target } from "../flags/target-flags.ts";
import { SHOWN_PAYLOAD_BYTES } from "../frames/frame-line.ts";
import { FrameWatch } from "../frames/frame-watch.ts";
import type { EventOutput } from "./event-output.ts";

export interface WatchingOptions {
  readonly showsFrames: boolean;
  /** Where to write a capture. */
  readonly captureFile: string | undefined;
}

export class Watching {
  /** To be dialled, so that answers are heard of. */
  readonly target: Target;
  readonly #captureFile: string | undefined;
  readonly #watch: FrameWatch | undefined;
  readonly #recorder: CaptureRecorder | undefined;
  #response: ConnectResponse | undefined;

  /** @throws CommandError for a file whose name says no format */
  constructor(target: Target, output: EventOutput, { showsFrames, captureFile }: WatchingOptions) {
    if (captureFile !== undefined) checkCaptureFile(captureFile);
    const onResponse = (response: ConnectResponse): void => void (this.#response = response);
    this.target = { ...target, options: { ...target.options, onResponse } };
    this.#captureFile = captureFile;
    this.#recorder = captureFile === undefined ? undefined : new CaptureRecorder();
    if (!showsFrames && this.#recorder === undefined) return;
    const maxPayloadBytes = this.#recorder === undefined ? SHOWN_PAYLOAD_BYTES : Infinity;
    this.#watch = new FrameWatch(maxPayloadBytes, (frame, connection) => {
      if (showsFrames) output.frame(frame);
      this.#recorder?.frame(frame, connection);
    });
  }

  start(): void {
    this.#watch?.start();
    this.#recorder?.start();
  }

  opened(connection: Connection): void {
    const handshake = handshakeRecord(this.target, this.#response!);
    this.#recorder?.opened(connection, { path: this.target.url.pathname, handshake });
    this.#watch?.follow(connection);
  }

  /** Writes the capture, if there is to be one. */
  async finish(): Promise<void> {
    this.#watch?.stop();
    this.#recorder?.stop();
    if (this.#recorder !== undefined) await writeCapture(this.#captureFile!, this.#recorder.capture);
  }
}
