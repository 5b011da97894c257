// A docstring as Markdown: what it says, then parameters, what comes back, what is thrown, examples.
import {
  type Comment,
  type CommentDisplayPart,
  type ParameterReflection,
  Reflection,
  type SignatureReflection,
  type TypeParameterReflection,
} from "typedoc";
import type { PageRouter } from "./page-router.ts";

const HEADS: Readonly<Record<string, string>> = { "@returns": "Returns", "@throws": "Throws" };

export class Docstring {
  readonly #router: PageRouter;

  constructor(router: PageRouter) {
    this.#router = router;
  }

  /** Of anything but a function. */
  of(comment: Comment | undefined, typeParameters: readonly TypeParameterReflection[] = []): string[] {
    const about = this.#summary(comment);
    return [...about, ...this.#list(typeParameters), ...this.#tags(comment)];
  }

  ofFunction({ comment, parameters = [], typeParameters = [] }: SignatureReflection): string[] {
    return [
      ...this.#summary(comment),
      ...this.#list([...typeParameters, ...parameters]),
      ...this.#tags(comment),
    ];
  }

  #summary(comment: Comment | undefined): string[] {
    const text = comment === undefined ? "" : this.text(comment.summary);
    return text === "" ? [] : [text];
  }

  /** One list item each for those of which there is more to say than their type. */
  #list(parameters: readonly (ParameterReflection | TypeParameterReflection)[]): string[] {
    const items = parameters.flatMap((parameter) => {
      const byDefault =
        "defaultValue" in parameter && parameter.defaultValue !== undefined && parameter.defaultValue !== "{}"
          ? `Default: \`${parameter.defaultValue}\`.`
          : "";
      const about = parameter.comment === undefined ? "" : this.text(parameter.comment.summary);
      const text = [about, byDefault].filter((part) => part !== "").join(". ");
      return text === "" ? [] : [`- \`${parameter.name}\`: ${text.replaceAll("\n", "\n  ")}`];
    });
    return items.length > 0 ? [items.join("\n")] : [];
  }

  #tags(comment: Comment | undefined): string[] {
    return (comment?.blockTags ?? []).map(({ tag, content }) => {
      const head = HEADS[tag];
      return head === undefined ? this.text(content) : `**${head}** ${this.text(content)}`;
    });
  }

  text(parts: readonly CommentDisplayPart[]): string {
    return parts
      .map((part) => (part.kind === "inline-tag" ? this.#link(part.text, part.target) : part.text))
      .join("")
      .trim();
  }

  #link(text: string, target: unknown): string {
    const shown = /^[\w.]+$/.test(text) ? `\`${text}\`` : text;
    return target instanceof Reflection ? `[${shown}](${this.#router.relativeUrl(target, target)})` : shown;
  }
}
