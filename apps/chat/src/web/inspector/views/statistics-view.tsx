// What has passed in numbers: by direction and opcode, as rates, round trips, queues, compression, and what is kept of it.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Direction } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { formatBytes } from "../model/payload-text.ts";
import { type Compression, compressionPercent, FRAME_KINDS } from "../model/traffic.ts";
import { Chart } from "./chart.tsx";

const DIRECTIONS: readonly (readonly [Direction, string])[] = [
  ["received", "to server"],
  ["sent", "to client"],
];

export function StatisticsView({ store }: { readonly store: InspectorStore }): JSX.Element {
  void store.version.value;
  const { log } = store;
  const now = useSignal(clock());
  void now.value;
  useEffect(() => {
    // Time goes on where nothing passes, too.
    const timer = setInterval(() => {
      if (!store.isPaused.value) now.value = clock();
    }, 1000);
    return () => clearInterval(timer);
  }, [store]);
  const { traffic } = log;
  const { totals } = traffic;
  const seconds = traffic.seconds(store.isPaused.value ? now.value : clock());
  const perDirection = (
    values: (direction: Direction) => (number | undefined)[],
  ): Parameters<typeof Chart>[0]["lines"] =>
    DIRECTIONS.map(([direction, name]) => ({ name, tone: direction, values: values(direction) }));
  const shownKinds = FRAME_KINDS.filter(
    (kind) => totals.received.byKind[kind].frames + totals.sent.byKind[kind].frames > 0,
  );
  return (
    <div class="scroll-view" tabIndex={0} role="region" aria-label="Statistics">
      <div class="charts">
        <Chart
          title="Frames a second"
          lines={perDirection((direction) => seconds.map(({ frames }) => frames[direction]))}
          format={(value) => value.toLocaleString("en")}
        />
        <Chart
          title="Bytes a second"
          lines={perDirection((direction) => seconds.map(({ bytes }) => bytes[direction]))}
          format={formatBytes}
        />
        <Chart
          title="Round trip of pings"
          lines={[{ name: "last", tone: "single", values: seconds.map(({ roundTripMs }) => roundTripMs) }]}
          format={(value) => `${value.toFixed(1)} ms`}
        />
        <Chart
          title="Waiting to be sent"
          lines={[{ name: "now", tone: "single", values: seconds.map(({ buffered }) => buffered ?? 0) }]}
          format={formatBytes}
        />
        <Chart
          title="Compressed to"
          lines={perDirection((direction) =>
            seconds.map(({ compression }) => compressionPercent(compression[direction])),
          )}
          format={(value) => `${value.toFixed(0)} %`}
        />
      </div>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Frames by opcode">
        <table>
          <thead>
            <tr>
              <th scope="col">Opcode</th>
              {DIRECTIONS.map(([direction, name]) => (
                <>
                  <th key={`${direction} frames`} scope="col">
                    Frames {name}
                  </th>
                  <th key={`${direction} wire`} scope="col">
                    Wire
                  </th>
                  <th key={`${direction} payload`} scope="col">
                    Payload
                  </th>
                </>
              ))}
            </tr>
          </thead>
          <tbody>
            {shownKinds.map((kind) => (
              <tr key={kind}>
                <th scope="row">
                  <span class={`kind kind-${kind}`}>{kind}</span>
                </th>
                {DIRECTIONS.map(([direction]) => (
                  <CountCells key={direction} count={totals[direction].byKind[kind]} />
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              {DIRECTIONS.map(([direction]) => (
                <CountCells key={direction} count={totals[direction]} />
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      <dl class="facts is-wide">
        <Fact
          name="Messages"
          value={`${count(totals.received.messages)} to server, ${count(totals.sent.messages)} to client`}
        />
        <Fact name="Compression to server" value={ratio(totals.received)} />
        <Fact name="Compression to client" value={ratio(totals.sent)} />
        <Fact
          name="History"
          value={`${count(log.frames.length)} of ${count(log.limits.maxFrames)} frames, ${formatBytes(log.bytes)} of ${formatBytes(log.limits.maxBytes)}`}
        />
        <Fact
          name="Not here"
          value={`${count(totals.received.leftOutFrames + totals.sent.leftOutFrames)} left out by the feed, ${count(log.forgotten.frames)} forgotten`}
        />
        <Fact
          name="The feed tells"
          value={
            log.hello === undefined
              ? "—"
              : `up to ${count(log.hello.maxFramesPerSecond)} frames a second, ${formatBytes(log.hello.maxFrameBytes)} of each`
          }
        />
      </dl>
    </div>
  );
}

function CountCells({
  count: { frames, wireBytes, payloadBytes },
}: {
  readonly count: { readonly frames: number; readonly wireBytes: number; readonly payloadBytes: number };
}): JSX.Element {
  return (
    <>
      <td>{count(frames)}</td>
      <td>{formatBytes(wireBytes)}</td>
      <td>{formatBytes(payloadBytes)}</td>
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function clock(): number {
  return performance.timeOrigin + performance.now();
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function ratio(compression: Compression): string {
  const percent = compressionPercent(compression);
  if (percent === undefined) return "no compressed message that could be inflated";
  const { compressedBytes, inflatedBytes } = compression;
  return `${formatBytes(inflatedBytes)} became ${formatBytes(compressedBytes)}: ${percent.toFixed(0)} %`;
}
