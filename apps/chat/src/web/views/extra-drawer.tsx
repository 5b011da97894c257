// A view beside the chat, as a drawer in it: loads it, and says so meanwhile, or that it cannot be had.
import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { DrawerProps, ExtraView } from "../extra-views.ts";
import { CloseIcon } from "./icons.tsx";

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
      {content.value === undefined ? (
        <div class="extra-head">
          <p class="muted grow" role="status">
            {hasFailed.value ? `${view.label} could not be loaded.` : "Loading…"}
          </p>
          <button type="button" class="icon-button" aria-label={`Close ${view.label}`} onClick={onClose}>
            <CloseIcon />
          </button>
        </div>
      ) : (
        <content.value.Drawer onClose={onClose} />
      )}
    </aside>
  );
}
