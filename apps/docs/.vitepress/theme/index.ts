// The default theme of VitePress, with our colours.
import DefaultTheme from "vitepress/theme";
// oxlint-disable-next-line import/no-unassigned-import -- Vite takes styles so
import "./style.css";

export default DefaultTheme;
