// A list of rows of one height, of which only those in sight exist. Owns scrolling, following the end, and the keyboard; what
// a row shows is its caller's.
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export interface WindowedListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => number;
  readonly rowHeight: number;
  readonly selected: number | undefined;
  readonly onSelect: (key: number) => void;
  /** A row was pressed; by the keyboard one goes over many. */
  readonly onPress?: () => void;
  /** Called for Enter: goes to what is shown of the selected row. */
  readonly onOpen?: () => void;
  readonly renderRow: (row: Row) => ComponentChildren;
  readonly rowClass?: (row: Row) => string;
  /** The heads of the columns, in the order of the cells of a row. */
  readonly head: ComponentChildren;
  readonly columns: number;
  readonly empty: ComponentChildren;
}

const OVERSCAN_ROWS = 4;
/** So near to the end counts as being there. */
const END_PIXELS = 24;

export function WindowedList<Row>(props: WindowedListProps<Row>): JSX.Element {
  const { rows, keyOf, rowHeight, selected, onSelect } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const range = useSignal({ top: 0, height: 400 });
  const follows = useRef(true);
  const isFollowing = useSignal(true);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      range.value = { top: element.scrollTop, height: element.clientHeight };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && follows.current) element.scrollTop = element.scrollHeight;
  }, [rows, rowHeight]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    follows.current = scrollTop + clientHeight >= scrollHeight - END_PIXELS;
    isFollowing.value = follows.current;
    range.value = { top: scrollTop, height: clientHeight };
  };

  const select = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    follows.current = false;
    onSelect(keyOf(row));
    const top = rows.indexOf(row) * rowHeight;
    const element = scroller.current!;
    const headHeight = element.firstElementChild?.clientHeight ?? 0;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight + headHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight + headHeight - element.clientHeight;
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = selected === undefined ? rows.length : rows.findIndex((row) => keyOf(row) === selected);
    const page = Math.max(1, Math.floor(range.value.height / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      event.preventDefault();
      select(target);
    } else if (event.key === "Enter") {
      props.onOpen?.();
    }
  };

  const first = Math.max(0, Math.floor(range.value.top / rowHeight) - OVERSCAN_ROWS);
  const last = Math.min(
    rows.length,
    Math.ceil((range.value.top + range.value.height) / rowHeight) + OVERSCAN_ROWS,
  );
  const shown = rows.slice(first, last);
  const slots = Math.ceil(range.value.height / rowHeight) + 2 * OVERSCAN_ROWS + 1;
  const isSelectedShown = shown.some((row) => keyOf(row) === selected);
  return (
    <div class="windowed">
      <div
        ref={scroller}
        class="windowed-scroller"
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={props.columns}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        {...(isSelectedShown && { "aria-activedescendant": `row-${selected}` })}
      >
        <div class="windowed-head" role="row" aria-rowindex={1}>
          {props.head}
        </div>
        <div role="rowgroup" class="windowed-rows" style={{ height: `${rows.length * rowHeight}px` }}>
          {shown.map((row, i) => {
            const key = keyOf(row);
            return (
              // By place, not by row: where many come, elements are filled anew instead of made anew.
              <div
                key={(first + i) % Math.max(1, slots)}
                id={`row-${key}`}
                role="row"
                aria-rowindex={first + i + 2}
                aria-selected={key === selected}
                class={`windowed-row ${props.rowClass?.(row) ?? ""}`}
                style={{ transform: `translateY(${(first + i) * rowHeight}px)`, height: `${rowHeight}px` }}
                onClick={() => {
                  onSelect(key);
                  props.onPress?.();
                }}
              >
                {props.renderRow(row)}
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <div class="windowed-empty">{props.empty}</div>}
      {!isFollowing.value && rows.length > 0 && (
        <button
          type="button"
          class="windowed-end"
          onClick={() => {
            const element = scroller.current;
            if (element !== null) element.scrollTop = element.scrollHeight;
          }}
        >
          Newest ↓
        </button>
      )}
    </div>
  );
}
