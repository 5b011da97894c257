// The page of one entry point: what it exports, at a glance and then one after the other. Owns the order and the headings.
import { posix } from "node:path";
import {
  type Application,
  type DeclarationReflection,
  ReferenceReflection,
  type Reflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
} from "typedoc";
import { Docstring } from "./docstring.ts";
import type { EntryPoint } from "./entry-points.ts";
import { isToldElsewhere, originOf } from "./inherited.ts";
import { type PageRouter, pathOf } from "./page-router.ts";
import { Signatures } from "./signatures.ts";

/** Where pages are, from the root of the repository: their links to sources are as they would be right in it. */
export const PAGES = "apps/reference/pages";

export const fileOf = (entryPoint: string): string => `${PAGES}/${pathOf(entryPoint)}.md`;

const GROUPS: readonly (readonly [name: string, kinds: ReflectionKind])[] = [
  ["Classes", ReflectionKind.Class],
  ["Functions", ReflectionKind.Function],
  ["Constants", ReflectionKind.Variable | ReflectionKind.Namespace | ReflectionKind.Enum],
  ["Types", ReflectionKind.Interface | ReflectionKind.TypeAlias],
];

/** Those of one name are one section: what is often a value and the type of it. */
type Section = readonly [DeclarationReflection, ...DeclarationReflection[]];

export class ApiPage {
  readonly #entry: EntryPoint;
  readonly #file: string;
  readonly #router: PageRouter;
  readonly #docs: Docstring;
  readonly #signatures: Signatures;
  readonly #own: readonly Section[];
  readonly #passedOn: ReferenceReflection[] = [];

  constructor(
    application: Application,
    router: PageRouter,
    entry: EntryPoint,
    module: DeclarationReflection,
  ) {
    this.#entry = entry;
    this.#file = fileOf(entry.name);
    this.#router = router;
    this.#docs = new Docstring(router);
    this.#signatures = new Signatures(application, router, module);
    for (const child of module.children ?? [])
      if (child instanceof ReferenceReflection) this.#passedOn.push(child);
    this.#own = sectionsOf((module.children ?? []).toSorted((a, b) => a.name.localeCompare(b.name)));
  }

  markdown(): string {
    const { name, description, folder } = this.#entry;
    const readme = this.#relative(`${folder}/README.md`);
    const groups = GROUPS.map(([group, kinds]) => this.#group(group, kinds));
    return [
      `---\noutline: 2\n---`,
      `# API of ${name}`,
      `${description}: [what it is for, with examples](${readme}).`,
      [...groups.map(({ line }) => line), ...this.#passedOnLines()].filter((line) => line !== "").join("\n"),
      ...groups.flatMap(({ sections }) => sections).flatMap((section) => this.#section(section)),
    ].join("\n\n");
  }

  #group(name: string, kinds: ReflectionKind): { line: string; sections: Section[] } {
    const sections = this.#own.filter(([first]) => first.kindOf(kinds));
    const links = sections.map(([first]) => this.#linkTo(first));
    return { line: links.length > 0 ? `- ${name}: ${links.join(" ")}` : "", sections };
  }

  /** What is at home elsewhere, by where that is. */
  #passedOnLines(): string[] {
    const links = new Map<string, string[]>();
    for (const one of this.#passedOn) {
      const home = one.getTargetReflectionDeep().parent?.name ?? "";
      const place = home === this.#entry.name ? "The same by another name" : `From \`${home}\``;
      links.set(place, [...(links.get(place) ?? []), this.#linkTo(one)]);
    }
    return [...links].map(([place, names]) => `- ${place}: ${names.join(" ")}`);
  }

  #section(section: Section): string[] {
    const [first] = section;
    return [
      `## ${first.name} {#${this.#anchor(first)}}`,
      ...section.flatMap((declaration) => [
        ...(isSameComment(declaration, first) ? [] : [this.#declaredIn(declaration)]),
        ...this.#declaration(declaration, first),
        ...this.#members(declaration),
      ]),
    ];
  }

  #declaredIn({ sources }: DeclarationReflection): string {
    const source = sources?.[0];
    if (source === undefined) return "";
    const name = posix.basename(source.fileName);
    return `Declared in [${name}, line ${source.line}](${this.#relative(source.fileName)}). {.declared-in}`;
  }

  /** @param first of the section; what it says is not said again */
  #declaration(declaration: DeclarationReflection, first: DeclarationReflection = declaration): string[] {
    const { signatures, comment, typeParameters } = declaration;
    if (signatures === undefined || declaration.kindOf(ReflectionKind.Class | ReflectionKind.Interface)) {
      const shown = isObject(declaration) ? [] : this.#signatures.of(declaration);
      const about = comment ?? declaration.getSignature?.comment ?? declaration.setSignature?.comment;
      const said = isSameComment(declaration, first) ? [] : this.#docs.of(about, typeParameters);
      return [
        ...shown.map(block),
        ...said,
        ...this.#implemented(declaration, about !== undefined),
        ...(isObject(declaration) ? [] : list(this.#within(declaration.type))),
      ];
    }
    return signatures.flatMap((signature) => this.#function(signature));
  }

  /** What is said within a type: of the alternatives, such as codes of errors, and of the members of an object. */
  #within(type: SomeType | undefined): string[] {
    if (type?.type === "intersection") return type.types.flatMap((part) => this.#within(part));
    if (type?.type === "union") {
      return type.types.flatMap((part, i) => {
        const about = this.#docs.text(type.elementSummaries?.[i] ?? []);
        const item = `- <code v-pre>${this.#signatures.ofType(part)}</code> ${inItem(about)}`;
        return [...(about === "" ? [] : [item]), ...this.#within(part)];
      });
    }
    if (type?.type !== "reflection") return [];
    return (type.declaration.children ?? [])
      .filter((one) => one.comment !== undefined)
      .map((one) => this.#entryOf(one));
  }

  /** Where one finds what is not said here. */
  #implemented({ implementationOf }: DeclarationReflection, isSaid: boolean): string[] {
    const declared = implementationOf?.reflection;
    if (isSaid || declared === undefined) return [];
    return [`As in ${this.#linkTo(declared, `${declared.parent?.name}.${declared.name}`)}.`];
  }

  #function(signature: SignatureReflection): string[] {
    return [block(this.#signatures.ofFunction(signature)), ...this.#docs.ofFunction(signature)];
  }

  #members(declaration: DeclarationReflection): string[] {
    const members = declaration.children ?? childrenOfType(declaration);
    const own = members.filter((member) => !isToldElsewhere(member));
    if (declaration.kindOf(ReflectionKind.Variable)) return list(own.map((one) => this.#entryOf(one)));
    return [
      ...sectionsOf(own).flatMap((section) => [
        `### \`${headingOf(declaration, section[0])}\` {#${this.#anchor(section[0])}}`,
        ...section.flatMap((member) => this.#declaration(member)),
      ]),
      ...this.#inherited(members),
      ...this.#named(members),
    ];
  }

  /** One of the values of a constant: a name, what it is, a sentence. */
  #entryOf(member: DeclarationReflection): string {
    const about = this.#docs.of(member.comment ?? member.signatures?.[0]?.comment).join(" ");
    const shown = this.#signatures
      .of(member)
      .join("; ")
      .replace(/^<span[^>]*>readonly<\/span> /, "");
    const id = this.#router.hasUrl(member) ? ` id="${this.#anchor(member)}"` : "";
    return `- <code v-pre${id}>${shown}</code>${about === "" ? "" : ` ${inItem(about)}`}`;
  }

  #inherited(members: readonly DeclarationReflection[]): string[] {
    const links = members.flatMap((member) => {
      const origin = originOf(member);
      return origin === member ? [] : [this.#linkTo(origin)];
    });
    return links.length > 0 ? [`Inherited: ${links.join(" ")}`] : [];
  }

  /** What a namespace has of others. */
  #named(members: readonly DeclarationReflection[]): string[] {
    const links = members
      .filter((member) => member instanceof ReferenceReflection)
      .map((one) => this.#linkTo(one));
    return links.length > 0 ? [`Also by the names of others: ${links.join(" ")}`] : [];
  }

  #linkTo(target: Reflection, text = target.name): string {
    return `[\`${text}\`](${this.#router.relativeUrl(target, target)})`;
  }

  #anchor(declaration: DeclarationReflection): string {
    return this.#router.getAnchor(declaration) ?? "";
  }

  #relative(file: string): string {
    return posix.relative(posix.dirname(this.#file), file);
  }
}

function sectionsOf(declarations: readonly DeclarationReflection[]): Section[] {
  const sections = new Map<string, [DeclarationReflection, ...DeclarationReflection[]]>();
  for (const one of declarations) {
    if (one instanceof ReferenceReflection) continue;
    const name = one.flags.isStatic ? `static ${one.name}` : one.name;
    const section = sections.get(name);
    if (section === undefined) sections.set(name, [one]);
    else section.push(one);
  }
  return [...sections.values()];
}

/** A constant and the type of its values have one docstring, which TypeDoc gives to both. */
const isSameComment = (declaration: DeclarationReflection, first: DeclarationReflection): boolean =>
  declaration !== first &&
  declaration.comment !== undefined &&
  declaration.sources?.[0]?.line === first.sources?.[0]?.line;

/** Items are one paragraph of the page, each a line or more. */
const list = (items: readonly string[]): string[] => (items.length > 0 ? [items.join("\n")] : []);

const inItem = (text: string): string => text.replaceAll("\n", "\n  ");

const block = (signature: string): string => `<pre v-pre class="signature"><code>${signature}</code></pre>`;

/** The members of an object type that has no name but that of its alias or constant. */
function childrenOfType({ type }: DeclarationReflection): readonly DeclarationReflection[] {
  return type?.type === "reflection" ? (type.declaration.children ?? []) : [];
}

/** Whether its members, told one by one, say all that its type would. */
const isObject = (declaration: DeclarationReflection): boolean =>
  declaration.kindOf(ReflectionKind.Variable | ReflectionKind.TypeAlias) &&
  childrenOfType(declaration).length > 0;

function headingOf(owner: DeclarationReflection, member: DeclarationReflection): string {
  if (member.kindOf(ReflectionKind.Constructor)) return `new ${owner.name}()`;
  const name = member.flags.isStatic ? `${owner.name}.${member.name}` : member.name;
  return member.kindOf(ReflectionKind.Method) ? `${name}()` : name;
}
