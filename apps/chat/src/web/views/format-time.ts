// Times and days in the reader's language.
import { isSameDay } from "../state/message.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function formatTime(at: number): string {
  return time.format(at);
}

export function formatFull(at: number): string {
  return full.format(at);
}

export function formatDay(at: number, now: number = Date.now()): string {
  if (isSameDay(at, now)) return "Today";
  if (isSameDay(at, now - DAY_MS)) return "Yesterday";
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayAndYear.format(at);
}
