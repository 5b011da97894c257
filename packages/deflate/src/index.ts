export { acceptOffer, type AcceptedOffer } from "./accept-offer.ts";
export type { Agreement } from "./agreement.ts";
export { DecompressError, type DecompressFailure } from "./decompress-error.ts";
export {
  type DeflateOptions,
  resolveDeflateOptions,
  type ResolvedDeflateOptions,
} from "./deflate-options.ts";
export { EXTENSION_NAME, type Extension } from "./extension.ts";
export type { CompressedParts } from "./inflate-parts.ts";
export { MessageDeflate } from "./message-deflate.ts";
export { createOffer, verifyAnswer } from "./offer.ts";
