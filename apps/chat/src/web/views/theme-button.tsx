// Goes round: as the system has it, light, dark. What theme.js reads before the first paint is written here.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { browserMemory } from "../state/browser-memory.ts";
import { MoonIcon, ScreenIcon, SunIcon } from "./icons.tsx";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const ICONS = { system: ScreenIcon, light: SunIcon, dark: MoonIcon };
const theme = signal<Theme>(THEMES.find((name) => name === browserMemory.get("theme")) ?? "system");

function next(): void {
  const chosen = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  theme.value = chosen;
  browserMemory.set("theme", chosen === "system" ? undefined : chosen);
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

export function ThemeButton(): JSX.Element {
  const Icon = ICONS[theme.value];
  const label = `Theme: ${theme.value}`;
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={next}>
      <Icon />
    </button>
  );
}
