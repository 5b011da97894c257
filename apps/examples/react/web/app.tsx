import { type ReactNode, useState } from "react";
import { useRoom } from "./use-room.ts";

const ROOMS = ["red", "blue"] as const;

export function App(): ReactNode {
  const [room, setRoom] = useState<(typeof ROOMS)[number]>("red");
  return (
    <main>
      <h1>Rooms in React</h1>
      <nav>
        {ROOMS.map((name) => (
          <button key={name} aria-pressed={name === room} onClick={() => setRoom(name)}>
            {name}
          </button>
        ))}
      </nav>
      <Status name={`chat/${room}`} />
      <Conversation key={room} name={`chat/${room}`} />
    </main>
  );
}

function Status({ name }: { readonly name: `chat/${string}` }): ReactNode {
  const { isLive, messages } = useRoom(name);
  return <p role="status">{isLive ? `${messages.length} messages` : "Connecting"}</p>;
}

function Conversation({ name }: { readonly name: `chat/${string}` }): ReactNode {
  const { messages, say } = useRoom(name);
  const send = (form: FormData): void => void say(form.get("text") as string);
  return (
    <>
      <ol>
        {messages.map(({ seq, from, text }) => (
          <li key={seq}>
            <b>{from}</b>: {text}
          </li>
        ))}
      </ol>
      <form action={send}>
        <label>
          Say <input name="text" autoComplete="off" maxLength={500} required />
        </label>
        <button>Send</button>
      </form>
    </>
  );
}
