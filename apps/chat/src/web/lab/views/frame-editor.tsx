// The free editor: a sequence of frames, each field of each, and the bytes that come of them.
import type { JSX } from "preact";
import { encodeCrafted } from "../../../shared/lab/crafted-frame.ts";
import { LAB_LIMITS } from "../../../shared/lab/lab-limits.ts";
import { PlusIcon } from "../../views/icons.tsx";
import type { CraftStore } from "../state/craft-store.ts";
import { readEdited } from "../state/edited-frame.ts";
import { FrameFields } from "./frame-fields.tsx";
import { WireBytes } from "./wire-bytes.tsx";

export function FrameEditor({ store }: { readonly store: CraftStore }): JSX.Element {
  const frames = store.frames.value;
  const bytes = store.bytes.value;
  const problem = typeof bytes === "string" ? bytes : undefined;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void store.send();
  };
  return (
    <form class="lab-form" noValidate onSubmit={submit}>
      <ol class="lab-frames">
        {frames.map((edited, i) => {
          const reading = readEdited(edited);
          return (
            <li key={edited.id} class="lab-frame">
              <FrameFields
                number={i + 1}
                edited={edited}
                reading={reading}
                onChange={(frame) => store.change(frame)}
                onRemove={frames.length > 1 ? () => store.remove(edited.id) : undefined}
              />
              {"frame" in reading && (
                <WireBytes
                  bytes={encodeCrafted(reading.frame)}
                  payloadLength={reading.frame.payload.length}
                />
              )}
            </li>
          );
        })}
      </ol>
      <div class="lab-actions">
        <button
          type="button"
          class="button is-quiet"
          disabled={frames.length >= LAB_LIMITS.maxCraftedFrames}
          onClick={() => store.add()}
        >
          <PlusIcon />
          Add a frame
        </button>
        <label class="lab-check">
          <input
            type="checkbox"
            checked={store.compress.value}
            onChange={({ currentTarget }) => store.agree(currentTarget.checked)}
          />
          Agree on compression first
        </label>
        <span class="grow" />
        <button
          type="submit"
          class="button is-primary"
          disabled={problem !== undefined || store.isTryingAll.value}
        >
          Send
        </button>
      </div>
      <p class="hint is-bad lab-complaint" role="alert">
        {problem ?? store.error.value}
      </p>
    </form>
  );
}
