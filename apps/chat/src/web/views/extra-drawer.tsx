// A view beside the chat, as a drawer in it: loads it, and says so meanwhile, or that it cannot be had.
import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { DrawerProps, ExtraView } from "../extra-views.ts";
import { CloseIcon, ExternalIcon } from "./icons.tsx";

interface Props extends DrawerProps {
  readonly view: ExtraView;
}

export function ExtraDrawer({ view, onClose }: Props): JSX.Element {
  const content = useSignal<{ readonly Drawer: ComponentType<DrawerProps> } | undefined>(undefined);
  const hasFailed = useSignal(false);
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        const { Drawer } = await view.load();
        if (Drawer === undefined) hasFailed.value = true;
        else content.value = { Drawer };
      } catch {
        hasFailed.value = true;
      }
    };
    void load();
  }, [view]);
  return (
    <aside
      class="extra-drawer"
      aria-label={view.label}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <div class="extra-head">
        <h2 class="panel-title">{view.label}</h2>
        <span class="grow" />
        <a
          class="icon-button"
          href={view.path}
          target="_blank"
          rel="noopener"
          aria-label={`${view.label} in a tab of its own`}
          title={`${view.label} in a tab of its own`}
        >
          <ExternalIcon />
        </a>
        <button type="button" class="icon-button" aria-label={`Close ${view.label}`} onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <div class="extra-body">
        {content.value !== undefined && <content.value.Drawer onClose={onClose} />}
        {content.value === undefined && (
          <p class="muted extra-wait" role="status">
            {hasFailed.value ? `${view.label} could not be loaded.` : "Loading…"}
          </p>
        )}
      </div>
    </aside>
  );
}
