// The fields of one frame, in the order in which they stand in its header (RFC 6455 §5.2).
import type { JSX } from "preact";
import type { LengthForm } from "../../../shared/lab/crafted-frame.ts";
import { CloseIcon } from "../../views/icons.tsx";
import { type EditedFrame, type Reading, rewrite } from "../state/edited-frame.ts";
import { Choice } from "./choice.tsx";
import { opcodeName } from "./opcode-name.ts";

const BITS = ["fin", "rsv1", "rsv2", "rsv3"] as const;
const LENGTH_FORMS: readonly (readonly [LengthForm, string])[] = [
  ["shortest", "Shortest"],
  ["7", "7 bits"],
  ["16", "16 bits"],
  ["64", "64 bits"],
];

export interface FrameFieldsProps {
  readonly number: number;
  readonly edited: EditedFrame;
  readonly reading: Reading;
  readonly onChange: (frame: EditedFrame) => void;
  readonly onRemove: (() => void) | undefined;
}

export function FrameFields({ number, edited, reading, onChange, onRemove }: FrameFieldsProps): JSX.Element {
  const id = (field: string): string => `${field}-${edited.id}`;
  const isWrong = (field: string): boolean => "field" in reading && reading.field === field;
  const set = (changes: Partial<EditedFrame>): void => onChange({ ...edited, ...changes });
  return (
    <fieldset class="lab-fields">
      <legend>Frame {number}</legend>
      {onRemove !== undefined && (
        <button
          type="button"
          class="icon-button lab-remove"
          aria-label={`Remove frame ${number}`}
          title={`Remove frame ${number}`}
          onClick={onRemove}
        >
          <CloseIcon />
        </button>
      )}
      <div class="lab-line">
        {BITS.map((bit) => (
          <label key={bit} class="lab-bit">
            <input
              type="checkbox"
              class="visually-hidden"
              checked={edited[bit]}
              onChange={({ currentTarget }) => set({ [bit]: currentTarget.checked })}
            />
            <span>{bit.toUpperCase()}</span>
          </label>
        ))}
        <label class="visually-hidden" for={id("opcode")}>
          Opcode of frame {number}
        </label>
        <select
          id={id("opcode")}
          class="field lab-select"
          value={edited.opcode}
          onChange={({ currentTarget }) => set({ opcode: Number(currentTarget.value) })}
        >
          {Array.from({ length: 16 }, (_, opcode) => (
            <option key={opcode} value={opcode} selected={opcode === edited.opcode}>
              0x{opcode.toString(16).toUpperCase()} {opcodeName(opcode)}
            </option>
          ))}
        </select>
      </div>
      <div class="lab-line">
        <label class="lab-bit">
          <input
            type="checkbox"
            class="visually-hidden"
            checked={edited.isMasked}
            onChange={({ currentTarget }) => set({ isMasked: currentTarget.checked })}
          />
          <span>MASK</span>
        </label>
        <label class="lab-labelled">
          <span class="small muted">Key</span>
          <input
            class="field lab-mono lab-key"
            value={edited.maskKey}
            disabled={!edited.isMasked}
            aria-label={`Mask key of frame ${number}, in hex`}
            aria-invalid={isWrong("maskKey")}
            spellcheck={false}
            onInput={({ currentTarget }) => set({ maskKey: currentTarget.value })}
          />
        </label>
        <label class="lab-labelled">
          <span class="small muted">Length in</span>
          <select
            class="field lab-select is-narrow"
            value={edited.lengthForm}
            aria-label={`In how many bits the length of frame ${number} is written`}
            onChange={({ currentTarget }) => set({ lengthForm: currentTarget.value as LengthForm })}
          >
            {LENGTH_FORMS.map(([form, label]) => (
              <option key={form} value={form} selected={form === edited.lengthForm}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label class="lab-labelled">
          <span class="small muted">Announces</span>
          <input
            class="field lab-mono lab-length"
            value={edited.announcedLength}
            inputMode="numeric"
            placeholder={"frame" in reading ? String(reading.frame.payload.length) : ""}
            aria-label={`Length that frame ${number} announces; empty for its own`}
            aria-invalid={isWrong("announcedLength")}
            onInput={({ currentTarget }) => set({ announcedLength: currentTarget.value })}
          />
        </label>
      </div>
      <div class="lab-payload">
        <Choice
          legend={`Payload of frame ${number} as`}
          name={id("as")}
          value={edited.payloadAs}
          options={[
            ["text", "Text"],
            ["hex", "Hex"],
          ]}
          onChange={(payloadAs) => onChange(rewrite(edited, payloadAs))}
        />
        <textarea
          class={edited.payloadAs === "hex" ? "field lab-mono" : "field"}
          rows={2}
          value={edited.payload}
          aria-label={`Payload of frame ${number}`}
          aria-invalid={isWrong("payload")}
          spellcheck={false}
          onInput={({ currentTarget }) => set({ payload: currentTarget.value })}
        />
      </div>
    </fieldset>
  );
}
