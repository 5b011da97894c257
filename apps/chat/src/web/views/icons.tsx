// The icons, drawn inline on a grid of 20: no font, no request. Always decoration; the button around says what it does.
import type { JSX } from "preact";

function icon(...paths: readonly string[]): () => JSX.Element {
  return () => (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

type Icon = () => JSX.Element;

export const HashIcon: Icon = icon(
  "M4 7.500h12.500M3.500 12.500H16M8.200 3.500 6.300 16.500M13.700 3.500l-1.900 13",
);
export const MenuIcon: Icon = icon("M3.500 5.500h13M3.500 10h13M3.500 14.500h13");
export const PeopleIcon: Icon = icon(
  "M7.500 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  "M2 16.500c0-2.800 2.300-4.700 5.500-4.700s5.500 1.900 5.500 4.700",
  "M13 3.900a2.900 2.900 0 0 1 0 5.400M15 12.300c1.900.7 3 2.200 3 4.200",
);
export const PlusIcon: Icon = icon("M10 4v12M4 10h12");
export const SendIcon: Icon = icon(
  "M16.800 3.200 3.200 8.200l5.400 3.200 3.200 5.400 5-13.600ZM16.800 3.200 8.600 11.400",
);
export const CloseIcon: Icon = icon("m5 5 10 10M15 5 5 15");
export const ExitIcon: Icon = icon(
  "M8 3.500H5A1.500 1.500 0 0 0 3.500 5v10A1.500 1.500 0 0 0 5 16.500h3",
  "M13 6.500l3.500 3.500-3.500 3.500M16.500 10H8",
);
export const SunIcon: Icon = icon(
  "M10 13.200a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400Z",
  "M10 2v1.700M10 16.300V18M2 10h1.700M16.300 10H18M4.300 4.300l1.200 1.200M14.500 14.500l1.200 1.200M4.300 15.700l1.200-1.200M14.500 5.500l1.200-1.200",
);
export const MoonIcon: Icon = icon(
  "M16.500 11.600A6.800 6.800 0 0 1 8.400 3.500a6.800 6.800 0 1 0 8.100 8.100Z",
);
export const ScreenIcon: Icon = icon("M3 4.500h14v9H3zM7.500 17h5M10 13.500V17");
export const CheckIcon: Icon = icon("m4.500 10.500 3.500 3.500 7.500-8");
export const ClockIcon: Icon = icon(
  "M10 16.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Z",
  "M10 6.500V10l2.500 1.700",
);
export const AlertIcon: Icon = icon("M10 3.200 17.500 16.500h-15L10 3.200Z", "M10 8.500v3.500M10 14.200v.1");
export const DownIcon: Icon = icon("M10 4v12M5 11.200l5 4.800 5-4.800");
export const LockIcon: Icon = icon(
  "M5.500 9h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z",
  "M7 9V6.500a3 3 0 0 1 6 0V9",
);
export const LinkIcon: Icon = icon(
  "M8.500 11.500a3 3 0 0 0 4.300.3l2.700-2.700a3 3 0 0 0-4.300-4.300L10 6",
  "M11.500 8.500a3 3 0 0 0-4.300-.3l-2.700 2.700a3 3 0 0 0 4.300 4.300L10 14",
);
export const InspectIcon: Icon = icon("M2.500 10.500h3l2-6 4.500 11 2-5h3.500");
export const PaperclipIcon: Icon = icon(
  "M16.200 9.300 10 15.500a3.900 3.900 0 0 1-5.500-5.500l6.600-6.600a2.600 2.600 0 0 1 3.700 3.700l-6.500 6.500a1.300 1.300 0 0 1-1.900-1.900L12 6.100",
);
export const FileIcon: Icon = icon(
  "M5.500 2.500h6l4 4v10a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1Z",
  "M11.500 2.500v4h4",
);
export const DownloadIcon: Icon = icon("M10 3.500v9M6 9l4 3.700L14 9M4 16.500h12");
export const EditIcon: Icon = icon(
  "M4 16l.8-3.300 8.400-8.400a1.400 1.400 0 0 1 2 0l.5.500a1.400 1.400 0 0 1 0 2l-8.400 8.400L4 16Z",
);
export const TrashIcon: Icon = icon(
  "M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.7 11h7.600l.7-11M8.500 8.500v5M11.500 8.500v5",
);
