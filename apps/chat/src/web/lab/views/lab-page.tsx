// The lab's page: its head, the half that is open, and what is said to those who have no session.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ThemeButton } from "../../views/theme-button.tsx";
import { CraftStore } from "../state/craft-store.ts";
import { formatSize } from "../state/format.ts";
import { SizeLabStore } from "../state/size-lab-store.ts";
import { tab, TABS } from "../state/tab.ts";
import { AgentClient } from "../transport/agent-client.ts";
import { runInBrowser } from "../transport/browser-runner.ts";
import { LabError } from "../transport/lab-error.ts";
import { CraftView } from "./craft-view.tsx";
import { SizeLabView } from "./size-lab-view.tsx";

type Door = "opening" | "open" | "stranger" | { readonly problem: string };

export function LabPage(): JSX.Element {
  const door = useSignal<Door>("opening");
  const agent = useMemo(() => new AgentClient(), []);
  const sizeLab = useMemo(
    () =>
      new SizeLabStore(
        { browser: runInBrowser, server: (plan, options) => agent.measure(plan, options) },
        ({ bytes, kind }) => `${formatSize(bytes)} ${kind}`,
      ),
    [agent],
  );
  const crafts = useMemo(
    () => new CraftStore((compress, bytes, signal) => agent.craft(compress, bytes, signal)),
    [agent],
  );

  const knock = (): void => {
    door.value = "opening";
    agent.open().then(
      () => (door.value = "open"),
      (error: unknown) => (door.value = doorOf(error)),
    );
  };
  useEffect(knock, []);

  return (
    <div class="lab">
      <header class="lab-head">
        <a class="lab-home" href="/" aria-label="Chat">
          <img src="/icon.svg" width="24" height="24" alt="" />
          <span>Chat</span>
        </a>
        <nav class="lab-tabs" aria-label="Lab">
          {TABS.map(({ id, label }) => (
            <a key={id} href={`#${id}`} aria-current={tab.value === id ? "page" : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <main class="lab-body">
        {door.value === "open" && tab.value === "size" && <SizeLabView store={sizeLab} />}
        {door.value === "open" && tab.value === "craft" && <CraftView store={crafts} />}
        {door.value === "stranger" && <StrangerCard />}
        {door.value === "opening" && <p class="muted lab-note">Connecting…</p>}
        {typeof door.value === "object" && (
          <div class="lab-note" role="alert">
            <p>{door.value.problem}</p>
            <button type="button" class="button is-primary" onClick={knock}>
              Try again
            </button>
          </div>
        )}
      </main>
    </div>
  );
}

function doorOf(error: unknown): Door {
  if (error instanceof LabError && error.isStranger) return "stranger";
  return { problem: error instanceof Error ? error.message : String(error) };
}

function StrangerCard(): JSX.Element {
  return (
    <div class="lab-card lab-note">
      <h1>The lab moves real bytes</h1>
      <p class="muted">
        It sends messages of up to 16 MiB round, and frames that break the protocol. So it wants to know whose
        they are: choose a name in the chat, and come back.
      </p>
      <a class="lab-enter" href="/">
        Enter the chat
      </a>
    </div>
  );
}
