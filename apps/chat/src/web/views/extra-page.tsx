// A view beside the chat, as a page: loads it, and says so meanwhile, or that it cannot be had.
import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ExtraView } from "../extra-views.ts";

export function ExtraPage({ view }: { readonly view: ExtraView }): JSX.Element {
  const Page = useSignal<ComponentType | undefined>(undefined);
  const hasFailed = useSignal(false);
  useEffect(() => {
    document.title = `${view.label} · Chat`;
    view.load().then(
      (module) => (Page.value = module.Page),
      () => (hasFailed.value = true),
    );
  }, [view]);
  if (Page.value !== undefined) return <Page.value />;
  return (
    <main class="empty" aria-busy={!hasFailed.value}>
      {hasFailed.value ? (
        <p role="alert">
          {view.label} could not be loaded. <a href={view.path}>Try again</a>
        </p>
      ) : (
        <p class="muted">Loading…</p>
      )}
    </main>
  );
}
