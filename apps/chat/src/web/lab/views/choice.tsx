// One of a few, as radio buttons that look like one control.
import type { JSX } from "preact";

export interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({
  legend,
  name,
  value,
  options,
  onChange,
}: ChoiceProps<Value>): JSX.Element {
  return (
    <fieldset class="lab-choice">
      <legend>{legend}</legend>
      <div class="lab-segments">
        {options.map(([option, label]) => (
          <label key={option} class="lab-segment">
            <input
              type="radio"
              class="visually-hidden"
              name={name}
              checked={option === value}
              onChange={() => onChange(option)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
