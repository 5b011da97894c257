// Takes the capture along as a file. The formats load when one is wanted.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Capture } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { SaveIcon } from "./inspector-icons.tsx";

interface Format {
  readonly name: string;
  readonly about: string;
  readonly extension: string;
  readonly make: (capture: Capture) => Promise<BlobPart[]>;
}

const FORMATS: readonly Format[] = [
  {
    ...{ name: "pcapng", about: "for Wireshark: every frame", extension: "pcapng" },
    make: async (capture) => [...(await import("@ws/capture")).toPcapng(capture)],
  },
  {
    ...{ name: "HAR", about: "for browsers' tools: messages", extension: "har" },
    make: async (capture) => [JSON.stringify((await import("@ws/capture")).toHar(capture))],
  },
  {
    ...{ name: "JSON Lines", about: "for programs: everything", extension: "jsonl" },
    make: async (capture) => [...(await import("@ws/capture")).toJsonLines(capture)],
  },
];

export function SaveMenu({ store }: { readonly store: InspectorStore }): JSX.Element {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onPointerDown = ({ target }: PointerEvent): void => {
      if (!root.current?.contains(target as Node)) isOpen.value = false;
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, []);
  const close = (): void => {
    isOpen.value = false;
    root.current?.querySelector("button")?.focus();
  };
  return (
    <div
      class="save"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen.value) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        class="button is-quiet"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <SaveIcon />
        <span class="bar-text">Save</span>
      </button>
      {isOpen.value && (
        <ul class="save-formats" aria-label="Save as">
          {FORMATS.map((format) => (
            <li key={format.name}>
              <button
                type="button"
                onClick={() => {
                  close();
                  void save(store, format);
                }}
              >
                <strong>{format.name}</strong>
                <span class="muted small">{format.about}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

async function save({ log }: InspectorStore, { extension, make }: Format): Promise<void> {
  const url = URL.createObjectURL(new Blob(await make(log.capture())));
  const link = document.createElement("a");
  link.href = url;
  link.download = `websocket-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.${extension}`;
  link.click();
  URL.revokeObjectURL(url);
}
