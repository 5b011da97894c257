// What is mutated, and which tests need not judge it.

/**
 * Package → `mutate`, the files that are mutated, and `leaveOut`, tests that add minutes and no verdicts: what they
 * check in bulk other tests check by one example each.
 */
export const subjects = {
  frame: {
    mutate: ["src/**/*.ts"],
    // Two of its tests try thousands of frames each.
    leaveOut: ["advisories"],
  },
  connection: {
    mutate: ["protocol", "message-assembly", "closing-handshake", "prepared-message"].map(
      (name) => `src/${name}.ts`,
    ),
    // Protocol is a machine without a stream: its own tests must suffice.
    leaveOut: ["connection-*", "security-*", "interoperability", "fuzz"],
  },
  handshake: { mutate: ["src/**/*.ts"], leaveOut: [] },
  // Thousands of damaged messages; heaps of megabytes, measured: instrumented code weighs more.
  deflate: { mutate: ["src/**/*.ts"], leaveOut: ["damaged-data", "isolation", "memory-price"] },
};
