// Where a symbol is on the site: a page for each entry point, and on it a place for each export and each of its members.
import {
  BaseRouter,
  DeclarationReflection,
  PageKind,
  ReferenceReflection,
  type Reflection,
  ReflectionKind,
  type RouterTarget,
} from "typedoc";
import { originOf } from "./inherited.ts";

/** `@ws/rooms/client` is at `rooms/client`, below what has all of the reference. */
export const pathOf = (entryPoint: string): string => entryPoint.replace("@ws/", "");

export class PageRouter extends BaseRouter {
  override getIdealBaseName(target: RouterTarget): string {
    return `/reference/${pathOf(target.name)}`;
  }

  override getPageKind(target: Reflection): PageKind | undefined {
    return target.kindOf(ReflectionKind.Module) ? PageKind.Reflection : undefined;
  }

  /**
   * A type and a value of one name share a place, as they share a section; so do the overloads of a function. A class may
   * have a static member of the same name as another.
   */
  override createAnchor(target: Reflection, page: RouterTarget): string {
    const names: string[] = [];
    for (let at: Reflection | undefined = target; at !== undefined && at !== page; at = at.parent) {
      if (!at.isDeclaration() || at.kindOf(ReflectionKind.TypeLiteral)) continue;
      names.unshift((at.flags.isStatic ? "static." : "") + at.name.replaceAll(/[^\w$.]/g, "-"));
    }
    return names.join(".");
  }

  /**
   * From the root of the site, so that it is right wherever it is written; of what is passed on or inherited, where it is at
   * home.
   */
  override relativeUrl(_from: RouterTarget, to: RouterTarget): string {
    const target = to instanceof ReferenceReflection ? to.getTargetReflectionDeep() : to;
    return this.getFullUrl(target instanceof DeclarationReflection ? originOf(target) : target);
  }
}
