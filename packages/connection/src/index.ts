import { Opcode } from "@ws/frame";
export const a: number = Opcode.text;
