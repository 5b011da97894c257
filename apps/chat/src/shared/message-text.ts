// What may be said in a message.
import { LIMITS } from "./limits.ts";

/** A text that may be a message: neither empty nor too long, and without control characters but tabs and line breaks. */
export function isMessageText(text: string): boolean {
  return isCaption(text) && text.trim() !== "";
}

/** A text that may go with files: the same, or empty. */
export function isCaption(text: string): boolean {
  return text.length <= LIMITS.text && !hasControlCharacters(text);
}

function hasControlCharacters(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a) || code === 0x7f) return true;
  }
  return false;
}
