// An end from either side, and one without a word.
import { expectSame, open, type Session } from "../session.ts";

export const close: Session = async (address) => {
  const connection = await open(address);
  connection.send("Nobody waits for this echo");
  const { code, wasClean } = await connection.close(3000, "Enough");
  expectSame("close", `${code} ${wasClean}`, "3000 true");
};

export const beClosed: Session = async (address) => {
  const connection = await open(address);
  connection.send("close");
  const { code, reason, wasClean } = await connection.closed;
  expectSame("close", `${code} ${reason} ${wasClean}`, "1000 As you wish true");
};

export const beTerminated: Session = async (address) => {
  const connection = await open(address);
  connection.send("terminate");
  const { code, wasClean } = await connection.closed;
  expectSame("close", `${code} ${wasClean}`, "1006 false");
};
