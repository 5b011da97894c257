// An image that is not sent yet, drawn small: on a canvas, because the content security policy allows images from the server only.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { FileDraft } from "../state/file-draft.ts";

interface Props {
  readonly draft: FileDraft;
  readonly width: number;
  readonly height: number;
}

export function Thumbnail({ draft, width, height }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isGone = false;
    const draw = async (): Promise<void> => {
      const image = await createImageBitmap(draft.file);
      const element = canvas.current;
      const scale = Math.max(width / image.width, height / image.height);
      const size = { width: image.width * scale, height: image.height * scale };
      if (!isGone && element !== null) {
        const left = (width - size.width) / 2;
        const top = (height - size.height) / 2;
        element.getContext("2d")?.drawImage(image, left, top, size.width, size.height);
      }
      image.close();
    };
    // It was measured, so it can be read; where memory is short it stays empty.
    draw().catch(() => {});
    return () => {
      isGone = true;
    };
  }, [draft.key]);
  return (
    <canvas ref={canvas} class="thumbnail" width={width} height={height} role="img" aria-label={draft.name} />
  );
}
