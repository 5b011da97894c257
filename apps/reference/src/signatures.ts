// A declaration as one would write it, with every name of ours a link: HTML, because no code block of Markdown has links.
// How types are written and where lines break is TypeDoc's.
import {
  type Application,
  type DeclarationReflection,
  DefaultTheme,
  DefaultThemeRenderContext,
  JSX,
  PageEvent,
  type Reflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
  type TypeParameterReflection,
} from "typedoc";
import type { PageRouter } from "./page-router.ts";

export class Signatures {
  readonly #context: DefaultThemeRenderContext;

  constructor(application: Application, router: PageRouter, page: Reflection) {
    const theme = new DefaultTheme(application.renderer);
    this.#context = new DefaultThemeRenderContext(router, theme, new PageEvent(page), application.options);
  }

  /** Whatever can be declared: a class, a property, a function with its overloads. */
  of(declaration: DeclarationReflection): string[] {
    const { getSignature, setSignature, signatures } = declaration;
    if (getSignature !== undefined || setSignature !== undefined) {
      const set = setSignature?.parameters?.[0]?.type;
      return [
        ...(getSignature ? [`${word("get")} ${declaration.name}(): ${this.ofType(getSignature.type)}`] : []),
        ...(setSignature ? [`${word("set")} ${declaration.name}(value: ${this.ofType(set)})`] : []),
      ];
    }
    if (declaration.kindOf(ReflectionKind.Class | ReflectionKind.Interface)) return [this.#head(declaration)];
    if (signatures !== undefined) return signatures.map((signature) => this.ofFunction(signature));
    if (declaration.kindOf(ReflectionKind.TypeAlias)) {
      const head = `${word("type")} ${declaration.name}${this.#typeParameters(declaration.typeParameters)}`;
      return [`${head} = ${this.ofType(declaration.type)}`];
    }
    const before = declaration.kindOf(ReflectionKind.Variable)
      ? word("const")
      : declaration.flags.isReadonly
        ? word("readonly")
        : "";
    const optional = declaration.flags.isOptional ? "?" : "";
    return [`${before} ${declaration.name}${optional}: ${this.ofType(declaration.type)}`.trim()];
  }

  ofFunction(signature: SignatureReflection): string {
    const isFree = signature.parent.kindOf(ReflectionKind.Function);
    const title = toText(this.#context.memberSignatureTitle(signature));
    return isFree ? `${word("function")} ${title}` : title;
  }

  #head(declaration: DeclarationReflection): string {
    const kind = declaration.kindOf(ReflectionKind.Class) ? "class" : "interface";
    const parts = [`${word(kind)} ${declaration.name}${this.#typeParameters(declaration.typeParameters)}`];
    const { extendedTypes, implementedTypes } = declaration;
    if (extendedTypes?.length) parts.push(`${word("extends")} ${this.#types(extendedTypes)}`);
    if (implementedTypes?.length) parts.push(`${word("implements")} ${this.#types(implementedTypes)}`);
    const calls = [...(declaration.signatures ?? []), ...(declaration.indexSignatures ?? [])];
    const inside = calls.map((call) => `  ${toText(this.#context.memberSignatureTitle(call))};\n`);
    return parts.join(" ") + (inside.length > 0 ? ` {\n${inside.join("")}}` : "");
  }

  #types(types: readonly SomeType[]): string {
    return types.map((type) => this.ofType(type)).join(", ");
  }

  ofType(type: SomeType | undefined): string {
    return toText(this.#context.type(type));
  }

  #typeParameters(parameters: readonly TypeParameterReflection[] = []): string {
    if (parameters.length === 0) return "";
    const texts = parameters.map(({ name, type, default: byDefault }) => {
      const constraint = type ? ` ${word("extends")} ${this.ofType(type)}` : "";
      return name + constraint + (byDefault ? ` = ${this.ofType(byDefault)}` : "");
    });
    return `&lt;${texts.join(", ")}&gt;`;
  }
}

const word = (text: string): string => `<span class="keyword">${text}</span>`;

/** TypeDoc lays lines out by elements and by spaces that do not break, and has a class for all; in `<pre>` little is needed. */
function toText(element: JSX.Element): string {
  return JSX.renderElement(element)
    .replaceAll(/<br\s*\/?>/g, "\n")
    .replaceAll(/<wbr\s*\/?>/g, "")
    .replaceAll(/\u00a0|&nbsp;/g, " ")
    .replaceAll(/^ +/gm, (indent) => indent.slice(indent.length / 2))
    .replaceAll(/<a [^>]*tsd-kind-type-parameter[^>]*>(.*?)<\/a>/g, "$1")
    .replaceAll(/<span class="tsd-(?!signature-keyword)[^"]*">(.*?)<\/span>/g, "$1")
    .replaceAll(/ class="tsd-signature-(?!keyword)[^"]*"/g, "")
    .replaceAll("tsd-signature-", "");
}
