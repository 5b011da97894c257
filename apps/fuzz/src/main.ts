// The fuzzer by hand: parses the command, runs it, says what came of it.
import { CORPUS, readCase } from "./campaign/corpus.ts";
import { type Found, type Progress, runCampaign } from "./campaign/campaign.ts";
import { judge } from "./campaign/judge.ts";
import { type Command, parseCommand, USAGE } from "./command-line.ts";
import { TARGETS } from "./target/targets.ts";

const NAMES = TARGETS.map(({ name }) => name);

async function main(): Promise<number> {
  const command = readCommand();
  if (command === undefined) return 2;
  return command.replay === undefined ? fuzz(command) : replay(command.replay);
}

function readCommand(): Command | undefined {
  try {
    return parseCommand(process.argv.slice(2), NAMES);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

async function replay(file: string): Promise<number> {
  const { kept } = await readCase(file);
  const target = TARGETS.find(({ name }) => name === kept.target);
  if (target === undefined) throw new Error(`Cannot replay ${file}: there is no target ${kept.target}`);
  const finding = await judge(target, kept.case);
  console.log(`${kept.note}\n${finding === undefined ? "It passes." : finding.message}`);
  if (finding?.cause instanceof Error) console.log(finding.cause.stack);
  return finding === undefined ? 0 : 1;
}

async function fuzz(command: Command): Promise<number> {
  console.log(`seed ${command.seed}`);
  let shown = performance.now();
  const progress = await runCampaign({
    ...command,
    targets: TARGETS.filter(({ name }) => command.targets.includes(name)),
    corpus: CORPUS,
    onProgress: (current) => {
      if (performance.now() - shown < 1000) return;
      shown = performance.now();
      if (process.stderr.isTTY)
        process.stderr.write(`\r${total(current)} cases, ${current.found.length} findings `);
    },
  });
  summarise(progress);
  return progress.found.length === 0 ? 0 : 1;
}

function summarise(progress: Progress): void {
  console.log(`\n${progress.replayed} kept cases replayed`);
  for (const [name, { cases, ms }] of progress.played) {
    console.log(
      `${name.padEnd(18)}${String(cases).padStart(10)} cases ${String(Math.round((cases * 1000) / ms)).padStart(8)}/s`,
    );
  }
  console.log(`${total(progress)} cases, ${progress.found.length} findings`);
  for (const found of progress.found) describe(found);
}

function describe({ target, finding, file }: Found): void {
  console.log(`\n${target}: ${finding.message}`);
  if (finding.cause instanceof Error) console.log(finding.cause.stack);
  if (file !== undefined) console.log(`replay: node dist/main.js --replay ${file}`);
}

function total({ played }: Progress): number {
  return [...played.values()].reduce((sum, { cases }) => sum + cases, 0);
}

process.exitCode = await main();
