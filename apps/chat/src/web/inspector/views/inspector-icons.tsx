// The icons of the inspector, inline on a grid of 20. Always decoration; what is around them says what they mean.
import type { JSX } from "preact";

type Icon = () => JSX.Element;

function icon(...paths: readonly string[]): Icon {
  return () => (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

export const PauseIcon: Icon = icon("M7 4.500v11M13 4.500v11");
export const PlayIcon: Icon = icon("M6.500 4.200 15.500 10l-9 5.800V4.200Z");
export const BroomIcon: Icon = icon(
  "M4 5.500h12M8 5.500V4h4v1.500M5.500 5.500l.8 11h7.400l.8-11M8.500 8.500v5M11.500 8.500v5",
);
export const ToServerIcon: Icon = icon("M3.500 10h13M12 5.500l4.500 4.500-4.500 4.500");
export const ToClientIcon: Icon = icon("M16.500 10h-13M8 5.500 3.500 10 8 14.500");
export const BackIcon: Icon = icon("M12.500 4.500 7 10l5.500 5.500");
export const RepeatIcon: Icon = icon(
  "M4 9.500V8a2.500 2.500 0 0 1 2.500-2.500h9M13 3l2.500 2.500L13 8",
  "M16 10.500V12a2.500 2.500 0 0 1-2.500 2.500h-9M7 17l-2.500-2.500L7 12",
);
export const SaveIcon: Icon = icon("M10 3.500v9M6 9l4 3.800L14 9M4 16h12");
export const CloseIcon: Icon = icon("m5 5 10 10M15 5 5 15");
