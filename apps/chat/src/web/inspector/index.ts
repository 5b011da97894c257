// The inspector, as a page and as a drawer in the chat.
import "./styles/inspector.css";

export { InspectorDrawer as Drawer, InspectorPage as Page } from "./views/inspector-page.tsx";
