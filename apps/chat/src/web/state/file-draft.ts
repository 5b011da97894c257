// A file that somebody wants to send: judged before anything is sent, with its name and type as the server takes them.
import { isShownType } from "../../shared/files.ts";
import { LIMITS } from "../../shared/limits.ts";

export interface FileDraft {
  readonly key: string;
  readonly file: Blob;
  readonly name: string;
  readonly type: string;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** How large an image is; undefined for what is none. */
export type MeasureImage = (file: Blob) => Promise<ImageSize | undefined>;

let lastKey = 0;

export async function createFileDraft(
  file: Blob & { readonly name?: string },
  measure: MeasureImage,
): Promise<FileDraft> {
  const type = mediaType(file.type);
  const size = isShownType(type) ? await measure(file) : undefined;
  const name = fileName(file.name ?? "", type);
  return { key: String(++lastKey), file, name, type, width: size?.width, height: size?.height };
}

/** A name that everybody can show: no path, nothing invisible, and not too long, the ending kept. */
export function fileName(given: string, type: string): string {
  const visible = given.replaceAll(/[/\\\p{C}\p{Zl}\p{Zp}]/gu, " ").trim();
  if (visible === "") return `file.${type.split("/")[1] ?? "bin"}`;
  if (visible.length <= LIMITS.fileName) return visible;
  const ending = /\.[^. ]{1,10}$/.exec(visible)?.[0] ?? "";
  return `${visible.slice(0, LIMITS.fileName - ending.length - 1).trimEnd()}…${ending}`;
}

function mediaType(given: string): string {
  const type = given.toLowerCase().split(";", 1)[0]?.trim() ?? "";
  return /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type) && type.length <= LIMITS.fileType ? type : "";
}
