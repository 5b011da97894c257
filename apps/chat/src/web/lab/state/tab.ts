// Which of the lab's two halves is open: the fragment of the address, so that both can be linked to.
import { signal, type Signal } from "@preact/signals";

export const TABS = [
  { id: "size", label: "Size lab" },
  { id: "craft", label: "Craft" },
] as const;

export type Tab = (typeof TABS)[number]["id"];

export const tab: Signal<Tab> = signal(tabOf(location.hash));
addEventListener("hashchange", () => (tab.value = tabOf(location.hash)));

function tabOf(hash: string): Tab {
  return hash === "#craft" ? "craft" : "size";
}
