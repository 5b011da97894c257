// A number of bytes: a field for any, and buttons for those that are worth trying.
import type { JSX } from "preact";

export interface BytesFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly presets: readonly (readonly [bytes: number, label: string])[];
  readonly onChange: (bytes: number) => void;
}

export function BytesField({ id, label, value, max, presets, onChange }: BytesFieldProps): JSX.Element {
  return (
    <div class="lab-bytes" role="group" aria-labelledby={`${id}-label`}>
      <div class="lab-field-row">
        <label id={`${id}-label`} for={id}>
          {label}
        </label>
        <span class="lab-unit">
          <input
            id={id}
            class="field lab-number"
            type="number"
            inputMode="numeric"
            min={0}
            max={max}
            step={1}
            value={value}
            onInput={({ currentTarget }) => onChange(Math.trunc(currentTarget.valueAsNumber || 0))}
          />
          <span class="muted small">bytes</span>
        </span>
      </div>
      <div class="lab-presets">
        {presets.map(([bytes, text]) => (
          <button
            key={bytes}
            type="button"
            class="lab-chip"
            aria-pressed={bytes === value}
            onClick={() => onChange(bytes)}
          >
            {text}
          </button>
        ))}
      </div>
    </div>
  );
}
