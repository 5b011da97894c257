// How much of anything the chat takes. The page shows these before it sends, the server enforces them.

export const LIMITS = {
  /** Characters of a person's name. */
  name: 24,
  /** Characters of a room's name. */
  room: 32,
  /** Characters (UTF-16 code units, as an input field counts them) of a message. */
  text: 4000,
  /** Rooms that one page can be in, besides the directory. */
  roomsPerPage: 20,
  /** Files that come with one message. */
  filesPerMessage: 8,
  /** Characters of a file's name, and of its type. */
  fileName: 120,
  fileType: 100,
  /** Bytes of one piece of a file, as it is sent. */
  chunkBytes: 48 * 1024,
  /** Rooms in the list of rooms: those with most members. */
  listedRooms: 200,
  /** Messages, edits and removals of one person: so many at once, then so many a second. Beyond it they wait, see `limited`. */
  messageBurst: 20,
  messagesPerSecond: 4,
  /** Rooms that one person makes: so many at once, then one in so many seconds. */
  roomBurst: 10,
  secondsPerRoom: 30,
} as const;
