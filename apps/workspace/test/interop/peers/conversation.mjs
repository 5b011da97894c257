// What is said in both directions: text of every width, much of it, and bytes.
export const messages = [
  "héllo €𝄞",
  "all the same, ".repeat(10_000),
  Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256),
  "",
];

export function isSame(sent, echoed) {
  return typeof sent === "string" ? sent === echoed : Buffer.from(sent).equals(Buffer.from(echoed));
}
