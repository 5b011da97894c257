// Which public symbols have no docstring: exports, and what can be called, read or set on them.
import { type DeclarationReflection, ReferenceReflection, ReflectionKind } from "typedoc";
import type { EntryPoint } from "./entry-points.ts";

/** Names such as `@ws/connection Connection.send`, in the order of the sources. */
export function undocumented(modules: ReadonlyMap<EntryPoint, DeclarationReflection>): string[] {
  return [...modules].flatMap(([{ name }, module]) =>
    exportsOf(module).flatMap((own) => [
      ...(isDocumented(own) ? [] : [`${name} ${own.name}`]),
      ...membersOf(own)
        .filter((member) => !isDocumented(member))
        .map((member) => `${name} ${own.name}.${member.name}`),
    ]),
  );
}

const exportsOf = ({ children = [] }: DeclarationReflection): DeclarationReflection[] =>
  children.filter((child) => !(child instanceof ReferenceReflection));

/** Those that are declared there; what is inherited is told where it comes from. */
function membersOf(own: DeclarationReflection): DeclarationReflection[] {
  const inType = own.type?.type === "reflection" ? own.type.declaration.children : undefined;
  return (own.children ?? inType ?? []).filter(
    (member) => member.inheritedFrom === undefined && !(member instanceof ReferenceReflection),
  );
}

function isDocumented(one: DeclarationReflection): boolean {
  const { comment, signatures = [], getSignature, setSignature, implementationOf } = one;
  const comments = [
    comment,
    getSignature?.comment,
    setSignature?.comment,
    ...signatures.map((each) => each.comment),
  ];
  if (comments.some((each) => each !== undefined)) return true;
  // A constructor whose class says what it is, and what an interface of ours has said before.
  return one.kindOf(ReflectionKind.Constructor) || implementationOf?.reflection !== undefined;
}
