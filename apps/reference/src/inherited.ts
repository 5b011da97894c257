// Where what a class or an interface inherits is told: where it is declared, if that is public; otherwise with each that has it.
import { DeclarationReflection } from "typedoc";

/** The member that is declared, through all that inherit it as far as they are public; itself for one that is its own. */
export function originOf(member: DeclarationReflection): DeclarationReflection {
  const above = member.inheritedFrom?.reflection;
  return above instanceof DeclarationReflection ? originOf(above) : member;
}

export const isToldElsewhere = (member: DeclarationReflection): boolean => originOf(member) !== member;
