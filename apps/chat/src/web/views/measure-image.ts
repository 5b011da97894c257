// How large an image is, so that others have room for it before it is there.
import type { ImageSize } from "../state/file-draft.ts";

export async function measureImage(file: Blob): Promise<ImageSize | undefined> {
  try {
    const image = await createImageBitmap(file);
    const size = { width: image.width, height: image.height };
    image.close();
    return size;
  } catch {
    // Whatever it is called, it is none that this browser can read.
    return undefined;
  }
}
