// The files of a message: images as images, with room for them before they are there, and everything else to be kept.
import type { JSX } from "preact";
import { type FileCard, fileUrl, isShownType } from "../../shared/files.ts";
import type { FileDraft } from "../state/file-draft.ts";
import { formatBytes } from "../state/format-bytes.ts";
import type { Message } from "../state/message.ts";
import { DownloadIcon, FileIcon } from "./icons.tsx";
import type { ShownImage } from "./image-dialog.tsx";
import { Thumbnail } from "./thumbnail.tsx";

interface Props {
  readonly message: Message;
  readonly onShowImage: (image: ShownImage) => void;
}

const MAX_WIDTH = 360;
const MAX_HEIGHT = 280;
const MIN_PX = 48;

export function MessageFiles({ message: { files, drafts, state }, onShowImage }: Props): JSX.Element | null {
  // Our own is shown from what we have, as long as it is on its way.
  if (files.length === 0 || state !== "delivered") {
    if (drafts.length === 0 && files.length === 0) return null;
    if (drafts.length > 0) {
      return (
        <ul class="files">
          {drafts.map((draft) => (
            <li key={draft.key}>
              <DraftCard draft={draft} />
            </li>
          ))}
        </ul>
      );
    }
  }
  return (
    <ul class="files">
      {files.map((card) => (
        <li key={card.room}>
          {isImage(card) ? <ImageCard card={card} onShow={onShowImage} /> : <Card card={card} />}
        </li>
      ))}
    </ul>
  );
}

type Image = FileCard & { readonly width: number; readonly height: number };

function isImage(card: FileCard): card is Image {
  return isShownType(card.type) && card.width !== undefined && card.height !== undefined;
}

/** As large as it is, at most as large as it may be, in its own proportions. */
export function boxOf(width: number, height: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return {
    width: Math.max(MIN_PX, Math.round(width * scale)),
    height: Math.max(MIN_PX, Math.round(height * scale)),
  };
}

function ImageCard({
  card,
  onShow,
}: {
  readonly card: Image;
  readonly onShow: Props["onShowImage"];
}): JSX.Element {
  const { name, width, height } = card;
  const box = boxOf(width, height);
  return (
    <button
      type="button"
      class="image-card"
      style={{ width: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` }}
      aria-label={`Show ${name}`}
      onClick={() => onShow({ name, url: fileUrl(card), width, height, bytes: card.bytes })}
    >
      <img
        src={fileUrl(card)}
        alt={name}
        width={box.width}
        height={box.height}
        loading="lazy"
        decoding="async"
      />
    </button>
  );
}

function Card({ card }: { readonly card: FileCard }): JSX.Element {
  const { name, bytes } = card;
  return (
    <a
      class="file-card"
      href={fileUrl(card)}
      download={name}
      aria-label={`Download ${name}, ${formatBytes(bytes)}`}
    >
      <FileIcon />
      <span class="file-name">
        <span class="ellipsis">{name}</span>
        <span class="hint">{formatBytes(bytes)}</span>
      </span>
      <DownloadIcon />
    </a>
  );
}

function DraftCard({ draft }: { readonly draft: FileDraft }): JSX.Element {
  const { name, file, width, height } = draft;
  if (width !== undefined && height !== undefined) {
    const box = boxOf(width, height);
    return (
      <span
        class="image-card"
        style={{ width: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` }}
      >
        <Thumbnail draft={draft} width={box.width} height={box.height} />
      </span>
    );
  }
  return (
    <span class="file-card">
      <FileIcon />
      <span class="file-name">
        <span class="ellipsis">{name}</span>
        <span class="hint">{formatBytes(file.size)}</span>
      </span>
    </span>
  );
}
