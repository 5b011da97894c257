// A section of an RFC, as a link to it.
import type { JSX } from "preact";

export function SectionLink({
  rfc,
  section,
}: {
  readonly rfc: number;
  readonly section: string;
}): JSX.Element {
  return (
    <a
      class="lab-section"
      href={`https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={`RFC ${rfc} section ${section}`}
    >
      {rfc === 6455 ? "" : `${rfc} `}§{section}
    </a>
  );
}
