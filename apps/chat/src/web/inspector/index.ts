// The inspector, as a page and as a drawer in the chat.
// oxlint-disable-next-line import/no-unassigned-import -- styles are there, and nothing of them is used by name
import "./styles/inspector.css";

export { InspectorDrawer as Drawer, InspectorPage as Page } from "./views/inspector-page.tsx";
