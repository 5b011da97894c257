// What the list of extra views loads: the lab, with its styles.
// oxlint-disable-next-line import/no-unassigned-import -- styles are there, and nothing of them is used by name
import "./lab.css";

export { LabPage as Page } from "./views/lab-page.tsx";
