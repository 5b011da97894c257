// The inspector alone, as a page: what the tests in a browser open.
// oxlint-disable-next-line import/no-unassigned-import -- styles are there, and nothing of them is used by name
import "../../../src/web/styles/index.css";
import { h, render } from "preact";
import { Page } from "../../../src/web/inspector/index.ts";

render(h(Page, {}), document.querySelector("#app")!);
