// How much of anything the chat takes. The page shows these before it sends, the server enforces them.

export const LIMITS = {
  /** Characters of a person's name. */
  name: 24,
  /** Characters of a room's name. */
  room: 32,
  /** Characters (UTF-16 code units, as an input field counts them) of a message. */
  text: 4000,
  /** Rooms that one person can be in. */
  roomsPerPerson: 50,
  /** Messages that a room's content begins with. */
  page: 100,
  /** Bytes of one event on the wire: the longest text, escaped, and room to spare. */
  eventBytes: 32_768,
} as const;
