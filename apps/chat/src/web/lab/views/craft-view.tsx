// Craft: the table of wrong frames, and beside it the one that is chosen: its fields, and what came of sending it.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { CRAFTED_CASES, CRAFTED_GROUPS, type CraftedCase } from "../../../shared/lab/crafted-cases.ts";
import type { CraftStore } from "../state/craft-store.ts";
import { FrameEditor } from "./frame-editor.tsx";
import { OutcomeView } from "./outcome-view.tsx";
import { SectionLink } from "./section-link.tsx";

export function CraftView({ store }: { readonly store: CraftStore }): JSX.Element {
  const editor = useRef<HTMLElement>(null);
  const { codes } = store;
  const right = CRAFTED_CASES.filter(({ id, closeCode }) => codes.value.get(id) === closeCode).length;
  const choose = (crafted: CraftedCase): void => {
    store.choose(crafted);
    // Where both do not fit beside each other, the editor is above.
    editor.current?.scrollIntoView({ block: "nearest" });
  };
  return (
    <div class="lab-columns is-craft">
      <section class="lab-card lab-editor" aria-labelledby="craft-title" ref={editor}>
        <h1 id="craft-title">Craft</h1>
        <p class="muted lab-lead">
          The server dials its own echo, shakes hands properly, sends what stands here, and writes down what
          happens. Browsers cannot send such frames, so it does.
        </p>
        <CaseNote store={store} />
        <FrameEditor store={store} />
        <OutcomeView store={store} />
      </section>
      <section class="lab-card lab-cases" aria-labelledby="cases-title">
        <div class="lab-card-head">
          <h2 id="cases-title">Frames to try</h2>
          <span class="small muted grow" role="status">
            {codes.value.size > 0 && `${right} of ${codes.value.size} as the RFC wants it`}
          </span>
          {/* One button, so that the focus stays where it is. */}
          <button
            type="button"
            class="button is-quiet"
            onClick={() => (store.isTryingAll.value ? store.cancel() : void store.sendAll())}
          >
            {store.isTryingAll.value ? "Cancel" : `Try all ${CRAFTED_CASES.length}`}
          </button>
        </div>
        <div class="lab-table-frame">
          <table class="lab-table is-cases">
            <thead>
              <tr>
                <th scope="col">Frame, and the rule it breaks</th>
                <th scope="col">RFC</th>
                <th scope="col">Due</th>
                <th scope="col">Came</th>
              </tr>
            </thead>
            {CRAFTED_GROUPS.map(({ title, cases }) => (
              <tbody key={title}>
                <tr class="lab-group">
                  <th colSpan={4} scope="colgroup">
                    {title}
                  </th>
                </tr>
                {cases.map((crafted) => (
                  <CaseRow key={crafted.id} store={store} crafted={crafted} onChoose={choose} />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      </section>
    </div>
  );
}

interface CaseRowProps {
  readonly store: CraftStore;
  readonly crafted: CraftedCase;
  readonly onChoose: (crafted: CraftedCase) => void;
}

function CaseRow({ store, crafted, onChoose }: CaseRowProps): JSX.Element {
  const { id, title, rule, rfc, section, closeCode } = crafted;
  const isChosen = store.chosen.value === crafted;
  const codes = store.codes.value;
  const code = codes.get(id);
  return (
    <tr data-chosen={isChosen}>
      <td>
        <button type="button" class="lab-case" aria-pressed={isChosen} onClick={() => onChoose(crafted)}>
          {title}
        </button>
        <p class="small muted">{rule}</p>
      </td>
      <td>
        <SectionLink rfc={rfc} section={section} />
      </td>
      <td class="lab-code">{closeCode}</td>
      <td class="lab-code">
        {codes.has(id) && <span class={code === closeCode ? "lab-good" : "lab-bad"}>{code ?? "none"}</span>}
      </td>
    </tr>
  );
}

function CaseNote({ store }: { readonly store: CraftStore }): JSX.Element {
  const chosen = store.chosen.value;
  if (chosen === undefined) {
    return (
      <div class="lab-case-note">
        <p class="lab-case-title">A sequence of your own</p>
        <p class="small muted">Whatever the fields say is sent, right or wrong.</p>
      </div>
    );
  }
  return (
    <div class="lab-case-note">
      <p class="lab-case-title">{chosen.title}</p>
      <p class="small muted">
        {chosen.rule} <SectionLink rfc={chosen.rfc} section={chosen.section} />
      </p>
    </div>
  );
}
