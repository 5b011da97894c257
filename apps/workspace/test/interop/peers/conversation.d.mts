export const messages: readonly (string | Uint8Array)[];
