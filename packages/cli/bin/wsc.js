#!/usr/bin/env node
// The program. A file of its own, so that package managers find it before anything is built.
await import("../dist/main.js");
