// Which public symbols have no docstring: exports, and what is called, read or set on them.
import { type DeclarationReflection, ReferenceReflection, ReflectionKind } from "typedoc";
import type { EntryPoint } from "./entry-points.ts";
import { isToldElsewhere } from "./inherited.ts";

/** Names such as `@ws/connection Connection.send`, in the order of the sources. */
export function undocumented(modules: ReadonlyMap<EntryPoint, DeclarationReflection>): string[] {
  return [...modules].flatMap(([{ name }, module]) =>
    exportsOf(module).flatMap((own) => [
      ...(isDocumented(own) ? [] : [`${name} ${own.name}`]),
      ...membersOf(own)
        .filter((member) => needsDocstring(own, member) && !isDocumented(member))
        .map((member) => `${name} ${own.name}.${member.name}`),
    ]),
  );
}

/** What an entry point declares, or is the first to pass on. */
export const exportsOf = ({ children = [] }: DeclarationReflection): DeclarationReflection[] =>
  children.filter((child) => !(child instanceof ReferenceReflection));

/** Those that are told there. */
function membersOf(own: DeclarationReflection): DeclarationReflection[] {
  const inType = own.type?.type === "reflection" ? own.type.declaration.children : undefined;
  return (own.children ?? inType ?? []).filter(
    (member) => !isToldElsewhere(member) && !(member instanceof ReferenceReflection),
  );
}

/**
 * A field of a value that one is given may say all by its name; what one calls, what one sets, and whatever a class has
 * may not.
 */
function needsDocstring(own: DeclarationReflection, member: DeclarationReflection): boolean {
  const isSet = /(?:Options|Init|Limits)$/.test(own.name);
  return isSet || own.kindOf(ReflectionKind.Class) || member.kindOf(ReflectionKind.Method);
}

function isDocumented(one: DeclarationReflection): boolean {
  const { comment, signatures = [], getSignature, setSignature, implementationOf } = one;
  const ofSignatures = [getSignature, setSignature, ...signatures].map((signature) => signature?.comment);
  if ([comment, ...ofSignatures].some((each) => each !== undefined)) return true;
  // The class says what it makes, and an interface of ours what it asks for.
  return one.kindOf(ReflectionKind.Constructor) || implementationOf?.reflection !== undefined;
}
