// A run: replay what is kept, then make cases, target by target in turns, until the cases or the seconds are used up.
// What fails is made small and kept; memory that stays behind is a finding too.
import type { FuzzCase } from "../fuzz-case.ts";
import { asFinding, Finding } from "../oracle/finding.ts";
import { heldBytes } from "../oracle/memory.ts";
import { Random } from "../random.ts";
import type { Target } from "../target/target.ts";
import { type CorpusFile, keepCase, readCorpus } from "./corpus.ts";
import { glance, judge } from "./judge.ts";
import { minimise } from "./minimise.ts";

export interface CampaignOptions {
  readonly targets: readonly Target[];
  readonly seed: number;
  /** How many cases each target plays at most. */
  readonly cases?: number;
  /** For how long, all in all. */
  readonly seconds?: number;
  /** Where kept cases are read from and found ones written to. Default: neither. */
  readonly corpus?: string;
  /** A target that failed so often is left alone. Default: 5. */
  readonly maxFindings?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Found {
  readonly target: string;
  readonly finding: Finding;
  /** The case made small. */
  readonly fuzzCase: FuzzCase | undefined;
  /** Where it is kept. */
  readonly file: string | undefined;
}

export interface Progress {
  readonly replayed: number;
  /** By target: cases played, and how long that took. */
  readonly played: ReadonlyMap<string, { cases: number; ms: number }>;
  readonly found: readonly Found[];
}

/** Cases of one target before the next has its turn. */
const TURN = 100;
/** After how many cases of all targets memory is looked at. */
const BETWEEN_COLLECTIONS = 4000;
/** What a run may hold more at its end than at its beginning, however long it was. */
const MAX_GROWTH_BYTES = 16_000_000;

export async function runCampaign(options: CampaignOptions): Promise<Progress> {
  return new Campaign(options).run();
}

/** The case that a seed makes: the same in every run, on every machine. */
export function makeCase(target: Target, seed: number, index: number): FuzzCase {
  return target.generate(new Random(seed, target.name, index));
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #played = new Map<string, { cases: number; ms: number }>();
  readonly #found: Found[] = [];
  #replayed = 0;
  #sinceCollection = 0;
  #held: number | undefined;

  constructor(options: CampaignOptions) {
    this.#options = options;
  }

  async run(): Promise<Progress> {
    const { targets, cases = Infinity, seconds = Infinity, corpus, onProgress } = this.#options;
    if (cases === Infinity && seconds === Infinity)
      throw new RangeError("Cannot run without an end: give cases or seconds");
    if (corpus !== undefined) for (const file of await readCorpus(corpus)) await this.#replay(file);
    const progress = { replayed: this.#replayed, played: this.#played, found: this.#found };
    const end = performance.now() + seconds * 1000;
    for (let from = 0; from < cases; from += TURN) {
      for (const target of targets) {
        await this.#turn(target, from, Math.min(cases, from + TURN), end);
        onProgress?.(progress);
        if (this.#sinceCollection >= BETWEEN_COLLECTIONS) await this.#weigh();
      }
      // By now everything is loaded and compiled: from here on nothing should stay.
      if (this.#held === undefined) await this.#weigh();
      if (performance.now() >= end || targets.every((target) => this.#isLeftAlone(target))) break;
    }
    await this.#weigh();
    return progress;
  }

  async #replay({ file, kept }: CorpusFile): Promise<void> {
    const target = this.#options.targets.find(({ name }) => name === kept.target);
    if (target === undefined) return;
    this.#replayed++;
    const finding = await judge(target, kept.case);
    if (finding !== undefined) this.#found.push({ target: target.name, finding, fuzzCase: kept.case, file });
  }

  async #turn(target: Target, from: number, to: number, end: number): Promise<void> {
    if (this.#isLeftAlone(target)) return;
    const played = this.#played.get(target.name) ?? { cases: 0, ms: 0 };
    this.#played.set(target.name, played);
    const start = performance.now();
    for (
      let index = from;
      index < to && !this.#isLeftAlone(target) && (index % 10 !== 0 || performance.now() < end);
      index++
    ) {
      const fuzzCase = await this.#make(target, index);
      const finding = fuzzCase && (await glance(target, fuzzCase));
      played.cases++;
      this.#sinceCollection++;
      if (finding !== undefined) await this.#keep(target, fuzzCase!, finding, index);
    }
    played.ms += performance.now() - start;
  }

  /** A generator uses the encoders too: where those throw, that is a finding. */
  async #make(target: Target, index: number): Promise<FuzzCase | undefined> {
    try {
      return makeCase(target, this.#options.seed, index);
    } catch (thrown) {
      const finding = asFinding(thrown);
      this.#found.push({ target: target.name, finding, fuzzCase: undefined, file: undefined });
      return undefined;
    }
  }

  async #keep(target: Target, fuzzCase: FuzzCase, finding: Finding, index: number): Promise<void> {
    if (this.#isKnown(target, finding)) return;
    const { corpus, seed } = this.#options;
    const small = await minimise(target, fuzzCase);
    const last = (await judge(target, small)) ?? finding;
    const note = `Found by seed ${seed}, case ${index}: ${last.message.slice(0, 300)}`;
    const file = corpus && (await keepCase(corpus, { target: target.name, note, case: small }));
    this.#found.push({ target: target.name, finding: last, fuzzCase: small, file });
  }

  /** The same rule broken with words that differ in numbers only: most likely the same fault. */
  #isKnown(target: Target, finding: Finding): boolean {
    const gist = ({ message }: Finding): string => message.slice(0, 80).replaceAll(/\d+/g, "#");
    return this.#found.some((found) => found.target === target.name && gist(found.finding) === gist(finding));
  }

  #isLeftAlone({ name }: Target): boolean {
    const { maxFindings = 5 } = this.#options;
    return this.#found.filter(({ target }) => target === name).length >= maxFindings;
  }

  /** What is still held, compared with the first time this was asked. */
  async #weigh(): Promise<void> {
    this.#sinceCollection = 0;
    const held = await heldBytes();
    this.#held ??= held;
    const grown = held - this.#held;
    if (grown <= MAX_GROWTH_BYTES) return;
    const finding = new Finding("memory", `${grown} bytes more are held than at the beginning of the run`);
    this.#found.push({ target: "all", finding, fuzzCase: undefined, file: undefined });
    this.#held = held;
  }
}
