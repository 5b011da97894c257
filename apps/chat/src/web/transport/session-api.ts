// Asks the server who we are, and enters or leaves: the only requests besides the WebSocket.
import { readSessionAnswer, type SessionAnswer } from "../../shared/session-api.ts";

export interface SessionApi {
  /** Rejects when the server cannot be reached. */
  who(): Promise<SessionAnswer>;
  enter(name: string): Promise<SessionAnswer>;
  leave(): Promise<SessionAnswer>;
}

export const sessionApi: SessionApi = {
  who: () => request({ method: "GET" }),
  enter: (name) => request({ method: "POST", body: JSON.stringify({ name }) }),
  leave: () => request({ method: "DELETE" }),
};

async function request(init: RequestInit): Promise<SessionAnswer> {
  const response = await fetch("/api/session", { ...init, signal: AbortSignal.timeout(10_000) });
  const answer = readSessionAnswer(await response.json());
  if (answer === undefined)
    throw new Error(`Cannot read the session: the server answered ${response.status}`);
  return answer;
}
