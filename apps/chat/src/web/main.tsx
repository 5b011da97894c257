// Starts the page. The address says what it is: a view of its own, which is loaded then, or the chat.
import { render } from "preact";
import { findExtraView } from "./extra-views.ts";
import { startChat } from "./start-chat.tsx";
import { ExtraPage } from "./views/extra-page.tsx";

const root = document.getElementById("app");
const view = findExtraView(location.pathname);
if (root !== null) {
  if (view === undefined) startChat(root);
  else render(<ExtraPage view={view} />, root);
}
