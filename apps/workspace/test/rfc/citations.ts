// Where sources cite an RFC: comments of the form `RFC 6455 §5.5.2: "…"`, on one line, on several, or in a doc block.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { filesBelow, root } from "../members.ts";

export interface Citation {
  readonly file: string;
  /** `6455` */
  readonly rfc: string;
  /** `5.5.2` */
  readonly section: string;
  /** What the comment says behind the section, up to the next one. */
  readonly text: string;
}

const CITED = /RFC (\d{4}) (§[\d.]+(?:(?:, and |, | and |–|-)§[\d.]+)*)/g;

/** The sections that a text names, each with what follows it. */
export function citationsIn(file: string, text: string): Citation[] {
  const found = [...text.matchAll(CITED)];
  return found.flatMap(({ 0: { length }, 1: rfc, 2: sections, index }, i) =>
    [...sections!.matchAll(/§([\d.]*\d)/g)].map(([, section]) => ({
      file,
      rfc: rfc!,
      section: section!,
      text: text.slice(index + length, found[i + 1]?.index),
    })),
  );
}

/** Every citation in the sources of the packages, by file, but for those of the suite that judges whether others obey. */
export function codeCitations(): Citation[] {
  return filesBelow(join(root, "packages"), /\.ts$/)
    .filter((file) => /^packages[\\/](?!conformance[\\/])[\w-]+[\\/]src[\\/]/.test(file))
    .map((file) => file.replaceAll("\\", "/"))
    .toSorted()
    .flatMap((file) => commentsOf(file).flatMap((comment) => citationsIn(file, comment)));
}

/** The comments of a file as running text: lines that follow one another are one comment. */
function commentsOf(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const joined: string[] = [];
  let end = -1;
  for (const comment of parseSync(file, source).comments) {
    const isNext =
      comment.type === "Line" && end >= 0 && /^\r?\n[\t ]*$/.test(source.slice(end, comment.start));
    if (isNext) joined.push(`${joined.pop()} ${comment.value}`);
    else joined.push(comment.value.replaceAll(/\n\s*\*/g, " "));
    end = comment.type === "Line" ? comment.end : -1;
  }
  return joined.map((text) => text.replaceAll(/\s+/g, " ").trim());
}
