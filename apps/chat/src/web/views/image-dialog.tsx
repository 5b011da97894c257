// One image, as large as the window lets it be.
import type { JSX } from "preact";
import { formatBytes } from "../state/format-bytes.ts";
import { Dialog } from "./dialog.tsx";
import { DownloadIcon } from "./icons.tsx";

export interface ShownImage {
  readonly name: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

interface Props {
  readonly image: ShownImage;
  readonly onClose: () => void;
}

export function ImageDialog({ image: { name, url, width, height, bytes }, onClose }: Props): JSX.Element {
  return (
    <Dialog title={name} class="is-image" onClose={onClose}>
      <img class="full-image" src={url} alt={name} width={width} height={height} />
      <div class="image-foot">
        <span class="hint">
          {width} × {height}, {formatBytes(bytes)}
        </span>
        <a class="button" href={url} download={name}>
          <DownloadIcon /> Download
        </a>
      </div>
    </Dialog>
  );
}
