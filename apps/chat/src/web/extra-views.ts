// The views beside the chat, which load when somebody wants them, so that the chat itself stays small. Each is one line
// of the list: a folder of its own, whose module exports the page, and the drawer where there is one. Knows nothing else of them.
import type { ComponentType } from "preact";

/** What a drawer in the chat is given. */
export interface DrawerProps {
  /** Closes the drawer; also by its key, and by Escape. */
  readonly onClose: () => void;
}

export interface ExtraModule {
  /** Fills the window, with the tokens and base styles of the chat; brings its own styles along. */
  readonly Page: ComponentType;
  /** Fills a drawer at the bottom of the chat, or its right side where it is wide. */
  readonly Drawer?: ComponentType<DrawerProps>;
}

export interface ExtraView {
  /** The address of its page. */
  readonly path: `/${string}`;
  readonly label: string;
  /** Opens its drawer in the chat, together with Alt: a `KeyboardEvent.code`. Without it there is no drawer. */
  readonly drawerKey?: string;
  readonly load: () => Promise<ExtraModule>;
}

export const EXTRA_VIEWS: readonly ExtraView[] = [
  { path: "/inspector", label: "Inspector", drawerKey: "KeyI", load: () => import("./inspector/index.ts") },
  { path: "/lab", label: "Lab", load: () => import("./lab/index.ts") },
];

/** The view whose page has this address, or one below it. */
export function findExtraView(path: string): ExtraView | undefined {
  return EXTRA_VIEWS.find((view) => path === view.path || path.startsWith(`${view.path}/`));
}
