// pnpm two-nodes: installs, builds and serves the chat on two nodes over Redis, one of which is killed while people talk.
import { install, must } from "./pnpm.mjs";

await install();
await must("turbo", ["run", "build", "--filter=chat", "--output-logs=errors-only"]);
await import("../../chat/demo/two-nodes.mjs");
