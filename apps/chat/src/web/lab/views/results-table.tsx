// The results, as a table that can be copied, and the throughput of each as a bar against the best.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import {
  COLUMNS,
  type Result,
  throughput,
  toMarkdown,
  toRow,
  toTabSeparated,
} from "../state/result-table.ts";
import type { SizeLabStore } from "../state/size-lab-store.ts";

export function ResultsTable({ store }: { readonly store: SizeLabStore }): JSX.Element {
  const copied = useSignal("");
  const results = store.results.value;
  const isEmpty = results.length === 0;
  const best = Math.max(...results.map(throughput));

  const copy = (text: string, what: string): void => {
    // Browsers have no clipboard for pages that are neither on https nor on this machine.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const refused = (): void => void (copied.value = "Not allowed here: select the table instead");
    if (clipboard === undefined) return refused();
    clipboard.writeText(text).then(() => (copied.value = `Copied ${what}`), refused);
  };

  return (
    <>
      <div class="lab-card-head">
        <h2 id="results-title">Results</h2>
        <span class="small muted grow" role="status">
          {copied.value}
        </span>
        <button
          type="button"
          class="button is-quiet"
          disabled={isEmpty}
          onClick={() => copy(toTabSeparated(results), "for a spreadsheet")}
        >
          Copy
        </button>
        <button
          type="button"
          class="button is-quiet"
          disabled={isEmpty}
          onClick={() => copy(toMarkdown(results), "as Markdown")}
        >
          Copy as Markdown
        </button>
        <button type="button" class="button is-quiet" disabled={isEmpty} onClick={() => store.clear()}>
          Clear
        </button>
      </div>
      {isEmpty ? (
        <p class="muted lab-empty">
          Nothing measured yet. Frames are counted by the echo on the server, bytes on the wire with their
          headers.
        </p>
      ) : (
        <div class="lab-table-frame" role="region" aria-label="Table of results" tabIndex={0}>
          <table class="lab-table">
            <thead>
              <tr>
                {COLUMNS.map(({ id, label, about }) => (
                  <th key={id} scope="col" title={about}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {results.map((result) => (
                <ResultRow key={result.number} result={result} best={best} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function ResultRow({ result, best }: { readonly result: Result; readonly best: number }): JSX.Element {
  const row = toRow(result);
  const share = `${Math.max(1, Math.round((throughput(result) / best) * 100))}%`;
  const { sha256, isEqual } = result.measurement;
  return (
    <tr>
      {COLUMNS.map(({ id }) => (
        <td key={id} data-column={id}>
          {id === "throughput" ? (
            <span class="lab-rate">
              <span class="lab-rate-bar" style={{ width: share }} />
              <span>{row[id]}</span>
            </span>
          ) : id === "sha256" ? (
            <span title={sha256} class={isEqual ? "lab-good" : "lab-bad"}>
              {row[id]}
            </span>
          ) : (
            row[id]
          )}
        </td>
      ))}
    </tr>
  );
}
