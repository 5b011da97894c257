// How much of the files of a message has arrived, and a way to stop it.
import type { JSX } from "preact";
import { formatBytes } from "../state/format-bytes.ts";
import type { Upload } from "../state/upload.ts";

interface Props {
  readonly upload: Upload;
  readonly onCancel: () => void;
}

export function UploadProgress({ upload, onCancel }: Props): JSX.Element {
  const { totalBytes } = upload;
  const sent = upload.sentBytes.value;
  return (
    <div class="upload">
      <progress class="progress" max={Math.max(1, totalBytes)} value={sent} aria-label="Sending files" />
      <span class="upload-text">
        {formatBytes(sent)} of {formatBytes(totalBytes)}
      </span>
      <button type="button" class="link-button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
