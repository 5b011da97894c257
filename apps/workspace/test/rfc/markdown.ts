// The cells of the tables that are generated below docs/.

/** Text as it is, in a cell of a table. */
export function cell(text: string): string {
  return text
    .replaceAll("|", String.raw`\|`)
    .replaceAll("*", String.raw`\*`)
    .replaceAll("<", "&lt;");
}

/** Links to files, each once and in order. */
export function links(files: readonly string[]): string {
  return [...new Set(files)]
    .toSorted()
    .map((file) => `[${fileName(file)}](../${file})`)
    .join(", ");
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What names a test, without its file, which has a link of its own. */
export function titlePart(shownBy: string): string {
  return shownBy.replace(/^[\w.-]+\.ts › /, "");
}
